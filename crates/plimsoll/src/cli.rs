//! The command line.

use clap::{Parser, Subcommand};

use crate::app::Wants;
use crate::cmd;
use crate::global::Global;

const AFTER: &str = "\
First steps:
  plimsoll init https://staging.shop.example https://shop.example   writes a first plimsoll.yaml
  plimsoll check                                                    is it right?
  plimsoll release add shop@1.0 ./dist                              names what runs today
  plimsoll adopt shop@1.0 --on production                           takes production in as it is

Then, for each release:
  plimsoll release add shop@1.1 ./dist
  plimsoll deploy shop@1.1 --to staging
  plimsoll verify shop@1.1 --on staging
  plimsoll gate shop@1.1 --to production
  plimsoll promote shop@1.1 --to production

Names: a release is SERVICE@VERSION, a target SERVICE/ENVIRONMENT/TARGET.

Exit codes:
  0 yes   2 usage   10 refused   11 evidence missing or stale   12 still running
  20 failed and rolled back   21 failed and needs a person
  69 something plimsoll depends on is unavailable   70 a bug of plimsoll's   78 configuration";

/// Release gate and promotion controller: decides from evidence whether a release may have
/// production, says why not, takes it there in waves, and brings it back.
#[derive(Debug, Parser)]
#[command(name = "plimsoll", version, propagate_version = true, after_help = AFTER, max_term_width = 100)]
pub struct Cli {
    /// What all commands share.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

#[cfg(test)]
impl Cli {
    /// The tree of all commands, also of those that nobody asked for.
    pub fn tree() -> clap::Command {
        let mut tree = <Self as clap::CommandFactory>::command();
        tree.build();
        tree
    }
}

/// What to do.
// A third of the start of the program went into describing the verbs that were not asked for.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub enum Verb {
    /// Write a first plimsoll.yaml from what it is given
    Init(cmd::init::Args),
    /// Is the configuration right? All errors at once, with their places
    Check(cmd::check::Args),
    /// Name releases, and look at them
    Release(cmd::release::Args),
    /// Take in what runs already: observe it, check it, remember it as verified good
    Adopt(cmd::adopt::Args),
    /// Deploy a release to an environment without a gate
    Deploy(cmd::deploy::Args),
    /// Run every check on every target
    Verify(cmd::verify::Args),
    /// Tell what came of a check that others run
    Report(cmd::report::Args),
    /// May the release enter the environment, and if not, why not?
    Gate(cmd::gate::Args),
    /// Ask the gate, show the plan, and carry it out in waves
    Promote(cmd::promote::Args),
    /// Go back to what was last verified good, or rehearse it
    Rollback(cmd::rollback::Args),
    /// Go on with what a killed command left under way
    Resume(cmd::resume::Args),
    /// End a promotion that is under way, and go back
    Abort(cmd::abort::Args),
    /// What runs where, and what waits for what
    Status(cmd::status::Args),
    /// What happened
    History(cmd::history::Args),
    /// One thing whole: a service, release, target, decision g-N, promotion p-N, deployment d-N,
    /// check run r-N, or event N
    Show(cmd::show::Args),
    /// Accept an unmet requirement, with a reason and an end
    Waive(cmd::waive::Args),
    /// Put a failure off, by test and signature, with a ticket and an end
    KnownFailure(cmd::known_failure::Args),
    /// Sign for a release after having looked at it
    SignOff(cmd::sign_off::Args),
    /// Declare a freeze outside the configuration's windows, or lift one
    Freeze(cmd::freeze::Args),
    /// Hold a service where it is, or let go
    Hold(cmd::hold::Args),
    /// What break-glasses left open, and closing it
    FollowUp(cmd::follow_up::Args),
    /// Ask before a git repository takes a push to a protected branch
    Hook(cmd::hook::Args),
    /// What forges were told of commits and what hangs, and telling them once
    Forge(cmd::forge::Args),
    /// Parts of files that must change together: compare them, or find them
    Twins(cmd::twins::Args),
    /// Compare pictures of pages: what differs, where, and in what way
    Picture(cmd::picture::Args),
    /// Serve the page and the API, and drive what is under way
    Serve(cmd::serve::Args),
    /// More hands: go on with what a server that is gone left under way
    Worker(cmd::worker::Args),
    /// Make tokens for the page and the API, list and revoke them
    Token(cmd::token::Args),
    /// Verify, export or back up the ledger
    Ledger(cmd::ledger::Args),
    /// The JSON Schema of an answer
    Schema(cmd::schema::Args),
    /// Completions for a shell
    Completions(cmd::completions::Args),
    /// Manual pages
    Man(cmd::man::Args),
}

impl Verb {
    /// What it asks for, where a server is to carry it out.
    pub fn wants(&self) -> Wants {
        match self {
            Self::Init(_)
            | Self::Check(_)
            | Self::Twins(_)
            | Self::Picture(_)
            | Self::Serve(_)
            | Self::Worker(_)
            | Self::Hook(_)
            | Self::Schema(_)
            | Self::Completions(_)
            | Self::Man(_) => Wants::Here,
            Self::Release(args) => args.wants(),
            Self::Adopt(args) => args.wants(),
            Self::Deploy(args) => args.wants(),
            Self::Verify(args) => args.wants(),
            Self::Report(args) => args.wants(),
            Self::Gate(args) => args.wants(),
            Self::Promote(args) => args.wants(),
            Self::Rollback(args) => args.wants(),
            Self::Resume(args) => args.wants(),
            Self::Abort(args) => args.wants(),
            Self::Status(args) => args.wants(),
            Self::History(args) => args.wants(),
            Self::Show(args) => args.wants(),
            Self::Waive(args) => args.wants(),
            Self::KnownFailure(args) => args.wants(),
            Self::SignOff(args) => args.wants(),
            Self::Freeze(args) => args.wants(),
            Self::Hold(args) => args.wants(),
            Self::FollowUp(args) => args.wants(),
            Self::Forge(args) => args.wants(),
            Self::Token(args) => args.wants(),
            Self::Ledger(args) => args.wants(),
        }
    }
}
