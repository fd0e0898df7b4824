//! A push to a protected branch: which services does it change, what rides along, and may it enter?
//!
//! [`PushTerms`] say which branches are protected and whose files are whose. [`Changes`] counts
//! changed files by service, while they are read. [`decide_riding`] says which
//! services have to be asked at the gate, and which would ride along unnamed. [`PushAnswer`] holds
//! what each gate said. Deciding is pure: repository and gates are asked by who calls.

mod answer;
mod changes;
mod links;
mod options;
mod riding;
mod terms;

pub use answer::{AskedService, PushAnswer, Stands, to_be_forced};
pub use changes::{Changed, Changes, Touched};
pub use links::Links;
pub use options::{Named, OptionError, PushOption};
pub use riding::{PushQuestion, Riding, Step, decide_riding};
pub use terms::PushTerms;
