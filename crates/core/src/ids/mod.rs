//! Names of things, and numbers given by the ledger.

mod name;
mod number;
mod path;

pub use name::{
    ArtifactName, CheckName, EnvironmentName, ForgeName, NameError, PersonName, PlatformName,
    RoleName, SecretName, ServiceName, SiteName, TargetName, TokenName, TrustName, Version,
    WindowName,
};
pub use number::{CheckRunId, DecisionId, DeploymentId, IdError, PromotionId, Seq};
pub use path::{LaneId, PathError, ReleaseId, TargetId};
