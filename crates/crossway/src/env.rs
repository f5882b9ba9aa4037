//! `crossway env ACCOUNT`: `export` lines for a shell.

use crate::{Problem, command::Env, credential_files};

/// Prints the lines.
pub fn run(options: &Env) -> Result<(), Problem> {
    let dir = &options.data_dir;
    let profile = &options.account;
    let missing = || {
        format!(
            "no account `{profile}` in {}; start `crossway dev` there first, or name its --data-dir",
            dir.join("aws").display()
        )
    };
    let (key, secret) = credential_files::read(dir, profile).ok_or_else(missing)?;
    let setting = |name| credential_files::setting(dir, profile, name).ok_or_else(missing);
    let region = setting("region")?;
    println!("export AWS_ACCESS_KEY_ID={key}");
    println!("export AWS_SECRET_ACCESS_KEY={secret}");
    println!("export AWS_REGION={region}");
    println!("export AWS_DEFAULT_REGION={region}");
    println!("export AWS_ENDPOINT_URL={}", setting("endpoint_url")?);
    println!("unset AWS_SESSION_TOKEN AWS_PROFILE");
    Ok(())
}
