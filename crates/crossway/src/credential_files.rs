//! `aws/credentials` and `aws/config` below the data directory, as AWS CLI and SDKs read them.

use crate::{Problem, account::Account};
use std::fmt::Write as _;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Readable and writable by the owner alone: the file holds secrets.
const PRIVATE: u32 = 0o600;

/// Writes both files for these accounts, a profile an account, with mode 0600.
pub fn write(data_dir: &Path, accounts: &[Account], url: &str) -> Result<(), Problem> {
    let folder = data_dir.join("aws");
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&folder)?;
    let mut credentials = String::new();
    let mut config = String::new();
    for account in accounts {
        writeln!(
            credentials,
            "[{}]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
            account.alias, account.access_key_id, account.secret_access_key.0
        )?;
        writeln!(
            config,
            "[profile {}]\nregion = us-east-1\nendpoint_url = {url}\n",
            account.alias
        )?;
    }
    replace(&folder.join("credentials"), &credentials)?;
    replace(&folder.join("config"), &config)
}

/// Access key id and secret of a profile, where the file has it.
pub fn read(data_dir: &Path, profile: &str) -> Option<(String, String)> {
    let text = std::fs::read_to_string(path(data_dir, "credentials")).ok()?;
    let of = |name| value(&text, &format!("[{profile}]"), name);
    Some((of("aws_access_key_id")?, of("aws_secret_access_key")?))
}

/// A setting of a profile in the `config` file.
pub fn setting(data_dir: &Path, profile: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(path(data_dir, "config")).ok()?;
    value(&text, &format!("[profile {profile}]"), name)
}

fn path(data_dir: &Path, name: &str) -> PathBuf {
    data_dir.join("aws").join(name)
}

fn value(text: &str, section: &str, name: &str) -> Option<String> {
    let inside = text
        .lines()
        .skip_while(|line| line.trim() != section)
        .skip(1);
    let mut inside = inside.take_while(|line| !line.starts_with('['));
    inside.find_map(|line| {
        let (found, value) = line.split_once('=')?;
        (found.trim() == name).then(|| value.trim().to_owned())
    })
}

/// Whole or not at all: a reader never sees half a file.
fn replace(path: &Path, text: &str) -> Result<(), Problem> {
    let fresh = path.with_extension("new");
    let mut options = std::fs::OpenOptions::new();
    let mut file = options
        .create(true)
        .write(true)
        .truncate(true)
        .mode(PRIVATE)
        .open(&fresh)?;
    // The mode above counts only when the file is new.
    file.set_permissions(std::fs::Permissions::from_mode(PRIVATE))?;
    file.write_all(text.as_bytes())?;
    std::fs::rename(&fresh, path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ports::Secret;

    #[test]
    fn files_are_private_and_read_back() {
        let dir = tempfile::tempdir().unwrap();
        let account = |alias: &str, key: &str| Account {
            id: "111111111111".parse().unwrap(),
            alias: alias.into(),
            access_key_id: key.into(),
            secret_access_key: Secret("s=e/c".into()),
        };
        let accounts = [account("api", "AKIA1"), account("functions", "AKIA2")];
        write(dir.path(), &accounts, "http://127.0.0.1:1").unwrap();
        assert_eq!(
            read(dir.path(), "functions"),
            Some(("AKIA2".into(), "s=e/c".into()))
        );
        assert_eq!(read(dir.path(), "nobody"), None);
        assert_eq!(
            setting(dir.path(), "api", "endpoint_url").unwrap(),
            "http://127.0.0.1:1"
        );
        let mode = std::fs::metadata(path(dir.path(), "credentials"))
            .unwrap()
            .permissions();
        assert_eq!(mode.mode() & 0o777, 0o600);
    }
}
