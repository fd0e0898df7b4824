//! What exists: services, their targets, checks, and what is asked at their gates, as the
//! configuration says.
//!
//! Built by the configuration crate, which guarantees what the fields' docs call *checked*.

mod branch;
mod calendar;
mod check;
mod delivery;
mod forge;
mod page;
mod path_pattern;
mod permission;
mod policy;
mod process;
mod reported;
mod selector;
mod service;
mod template;
mod trust;
mod twin;

pub use branch::{BranchRef, BranchRefError};
pub use calendar::{Calendar, CalendarEvent, CalendarRead, Weekly};
pub use check::{
    Check, CheckKind, CommandCheck, HttpCheck, HttpMatch, JsonExpectation, JunitExpectation, Scope,
    TlsExpectation, TwinsBase, TwinsCheck,
};
pub use delivery::{
    Abilities, Argv, CommandDeploy, DeployKind, FilesDeploy, Observe, ObserveKind, Platform,
    VersionFrom,
};
pub use forge::{
    Forge, ForgeApp, ForgeKind, ForgeSecret, RepositoryName, RepositoryNameError,
    gated_environments,
};
pub use page::{
    BasicAuth, ColourScheme, CompareWith, PageCheck, PageStep, PictureRule, ScriptErrors, Viewport,
};
pub use path_pattern::{PathPattern, PathPatternError};
pub use permission::{Permission, PermissionError};
pub use policy::{
    Applies, ChangeClass, ClockTime, Days, FreezeWindow, OnRegression, Per, PromotionPolicy, Rule,
    RuleKind, RuleName, Tier, WaveTargets, WindowTime,
};
pub use process::{ProcessCheck, ProcessSource};
pub use reported::{ExpectedTests, ReportedCheck};
pub use selector::{PartFormat, PartPath, Selector, SelectorError, escape_key};
pub use service::{Catalog, Environment, Limits, SecretRef, Service, Target};
pub use template::{Template, TemplateError, Variable};
pub use trust::{ClaimPattern, Grant, SAYS_WHOSE, Trust, TrustedKeys};
pub use twin::{AcceptedDifference, Respelling, TwinPair, TwinPart, TwinPartError, twin_files};
