//! What people say of a service: each is a request that is looked at, redacted, and written down.
//! What could never count is refused at once, with who may do what instead.

mod follow_up;
mod freeze;
mod hold;
mod known_failure;
mod look;
mod sign_off;
mod waivable;
mod waive;

pub use freeze::Freeze;
pub use known_failure::PutOff;
pub(crate) use sign_off::who_you_are;
pub use sign_off::{Signed, Signing};
pub use waive::Waive;
