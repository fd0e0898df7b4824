//! A browser that is kept warm: chromium, spoken to in the DevTools protocol over a pipe.
//!
//! [`Browsers`] starts it when the first page is asked for, hands out pages ([`Tab`]), each in a
//! context of its own (no cookie, cache or storage is shared), and starts another one when it has
//! died. Dropping a tab closes its page; dropping the last user of a browser ends it.

mod connection;
mod find;
mod launch;
mod message;
mod pool;
mod profile;
mod tab;

pub use connection::CallError;
pub use find::{BrowserMissing, is_installed};
pub use launch::LaunchError;
pub use pool::{Browsers, OpenError};
pub use tab::{Line, Tab, TabEvent};
