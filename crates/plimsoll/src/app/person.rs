//! Who works here.

use plimsoll_core::ids::PersonName;

use crate::error::CliError;

/// The person who gave the command: as said, else the login name.
pub(super) fn who(said: Option<&str>) -> Result<PersonName, CliError> {
    let named = |text: &str| {
        text.parse::<PersonName>().map_err(|error| {
            CliError::usage(format!("--as: {error}"), "--as YOUR-HANDLE, or PLIMSOLL_PERSON")
        })
    };
    if let Some(said) = said {
        return named(said);
    }
    let login = ["USER", "LOGNAME"].iter().find_map(|key| std::env::var(key).ok());
    match login.filter(|login| !login.is_empty()) {
        Some(login) => named(&login),
        None => named(&account().unwrap_or_else(|| format!("uid-{}", uid()))),
    }
}

fn uid() -> u32 {
    rustix::process::getuid().as_raw()
}

/// The name of this process's account, as `/etc/passwd` has it.
fn account() -> Option<String> {
    let uid = uid().to_string();
    let accounts = std::fs::read_to_string("/etc/passwd").ok()?;
    accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == uid).then(|| name.to_owned())
    })
}
