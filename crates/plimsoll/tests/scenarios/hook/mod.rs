//! Pushes to a real bare repository with the hook in it.

mod afar;
mod documented;
mod enters;
mod forced;
mod hostile;
pub mod hubs;
mod installed;
mod many;
mod riding;
mod unasked;

use hubs::{Hubs, remote};
