//! Shapes that other programs read: the answers of `--format json` and of the HTTP API, their JSON
//! Schemas, and the exit codes.
//!
//! These are promises. A field may be added; none is renamed, removed, or given another meaning.
//! Every one is made from a value of the core by [`From`], keys are kebab-case, times are UTC, and
//! states are spelled as in [`StateView`].

mod blob;
mod check;
mod console;
mod control;
mod decision;
mod deployment;
mod error;
mod exit;
mod forge;
mod history;
mod init;
mod ledger;
mod people;
mod picture;
mod plan;
mod problem;
mod promotion;
mod push;
mod push_question;
mod release;
mod run;
mod schema;
mod state;
mod status;
mod token;
mod twins;
mod verification;
mod verify;

pub use blob::BlobView;
pub use check::{CheckView, DiagnosticView};
pub use console::{CommandLine, Frame, Reply, TerminalView};
pub use control::{CauseView, CauseWord, ControlRunView, ControlView};
pub use decision::{
    CoveredView, DecisionView, EvidenceView, FreezeView, NextView, RequirementView,
};
pub use deployment::{DeploymentView, ReportedDeploymentView};
pub use error::{ErrorBody, ErrorView};
pub use exit::ExitCode;
pub use forge::{
    ForgeFaultView, ForgeHangingView, ForgeStatusView, ForgeView, ForgesView, WaitingDeploymentView,
};
pub use history::{EventView, HistoryView};
pub use init::InitView;
pub use ledger::{ContentFaultView, LedgerBackupView, LedgerVerifiedView, SnapshotFaultView};
pub use people::{
    FollowUpView, FollowUpsView, MootFollowUpView, SaidView, SayingView, SayingsView,
};
pub use picture::{
    DensestView, LookView, PictureKindView, PicturePairView, PictureRegionView, PictureSideView,
    PictureSizeView, PictureVerdictView, PictureView, PicturesView,
};
pub use plan::{ChangeView, PlanView, WaveView, WayBackView};
pub use problem::ProblemView;
pub use promotion::{
    NothingToDoView, PromotionStoryView, PromotionView, PromotionsView, RegressionView, ResumedView,
};
pub use push::{
    HookInstalledView, PushCauseView, PushStandsView, PushStepView, PushView, PushedBranchView,
    PushedServiceView, TouchedView,
};
pub use push_question::{
    BranchChangesView, CommitsView, PushChangesView, PushQuestionError, PushTermsView,
};
pub use release::{ArtifactView, ReleaseView, ReleasesView};
pub use run::{
    AttemptView, CaseFailureView, CasesView, CheckRunView, PageSummaryView, PageViewView,
    PictureRefView, ReportedView, TimingsView,
};
pub use schema::{SHAPES, Shape, schema};
pub use state::{StateView, VerdictView};
pub use status::{BoardRowView, LaneView, ServiceView, StatusView, TargetView};
pub use token::{TokenMadeView, TokenView, TokensView};
pub use twins::{
    TwinAnswerView, TwinProposalView, TwinProposalsView, TwinStateView, TwinWitnessView, TwinsView,
};
pub use verification::VerificationView;
pub use verify::{AdoptionView, ResultView, UncoveredView, VerifyView};
