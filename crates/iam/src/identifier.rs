//! Identifiers that IAM makes up.
//!
//! Shapes: "IAM identifiers", unique identifiers. An access key id carries its account: the first
//! 48 bits behind the prefix are a set bit, the account's 40 bits, and 7 bits of chance.

use arn::AccountId;
use stdx::Ids;

const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const SECRET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/+";

/// A unique id of 21 characters, such as `AIDA…`.
pub(crate) fn unique(prefix: &str, ids: &dyn Ids) -> String {
    format!("{prefix}{}", ids.text(BASE32, 17))
}

/// An access key id of 20 characters, `AKIA…` or `ASIA…`, that decodes to `account`.
pub(crate) fn access_key(prefix: &str, account: &AccountId, ids: &dyn Ids) -> String {
    let mut chance = [0u8; 5];
    ids.fill(&mut chance);
    let low = u64::from_be_bytes([
        0, 0, 0, chance[0], chance[1], chance[2], chance[3], chance[4],
    ]);
    // 80 bits: 1, account (40), chance (39).
    let bits = (1u128 << 79) | (u128::from(account.number()) << 39) | u128::from(low >> 1);
    let text: String = (0..16)
        .rev()
        .map(|place| char::from(BASE32[((bits >> (place * 5)) & 31) as usize]))
        .collect();
    format!("{prefix}{text}")
}

/// The account that an access key id carries; none when it carries none.
pub(crate) fn account_of(access_key_id: &str) -> Option<AccountId> {
    let text = access_key_id.get(4..20)?;
    let mut bits = 0u128;
    for byte in text.bytes() {
        let value = BASE32.iter().position(|known| *known == byte)?;
        bits = (bits << 5) | value as u128;
    }
    let account = u64::try_from((bits >> 39) & 0xff_ffff_ffff).ok()?;
    AccountId::from_number(account)
}

/// A secret access key of 40 characters.
pub(crate) fn secret(ids: &dyn Ids) -> String {
    ids.text(SECRET, 40)
}

#[cfg(test)]
mod tests {
    use super::*;
    use stdx::SeededIds;

    #[test]
    fn access_keys_carry_their_account() {
        for (key, account) in [
            // Published with the method, and computed by its inverse.
            ("ASIAQNZGKIQY56JQ7WML", "029608264753"),
            ("AKIATHPL2AOHFMBENCWP", "222222222222"),
        ] {
            assert_eq!(
                account_of(key).map(|a| a.to_string()).as_deref(),
                Some(account)
            );
        }
        let ids = SeededIds::new(1);
        for digits in ["000000000000", "111111111111", "999999999999"] {
            let account: AccountId = digits.parse().unwrap();
            let key = access_key("AKIA", &account, &ids);
            assert_eq!(key.len(), 20);
            assert_eq!(account_of(&key), Some(account));
        }
        for bad in ["", "AKIA", "AKIA0000000000000000", "AKIATHPL2AOHFMBENCWé"] {
            assert_eq!(account_of(bad), None, "{bad}");
        }
    }

    #[test]
    fn shapes() {
        let ids = SeededIds::new(2);
        assert_eq!(unique("AIDA", &ids).len(), 21);
        assert_eq!(secret(&ids).len(), 40);
    }
}
