//! What a plan says of where it begins.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{
    CheckKind, ColourScheme, CompareWith, PageCheck, PictureRule, ScriptErrors, Viewport,
};
use crate::gate::testing::{CANDIDATE, CURRENT, World, ago, deployed, n, now, production, release};
use crate::ids::Seq;
use crate::ledger::{Drift, VerifiedGood};
use crate::promote::lint::tests::plan_of;
use crate::promote::{PlanError, Planning, plan_rollback};
use crate::record::{DeployResult, Ending, MoveReason, Observed, Plan};
use crate::units::Period;

/// The last deployment on production/nl-vm failed, and this was observed after it.
fn failed(observed: Observed) -> World {
    let mut world = World::green();
    let deployment = world.target(&production("nl-vm")).deployment.as_mut().expect("deployed");
    deployment.version = n("1.22.9");
    let report = deployment.report.as_mut().expect("it has ended");
    let (ending, finding) = (Ending::Exit(1), "no space left".to_owned());
    report.result = DeployResult::Failed { ending, finding };
    report.observed = observed;
    world
}

fn from(world: &World) -> Option<String> {
    let plan = plan_of(world);
    let change = plan.change(&n("nl-vm")).expect("it changes");
    change.from.as_ref().map(ToString::to_string)
}

#[test]
fn after_a_deployment_that_failed_a_plan_begins_from_what_was_observed() {
    assert_eq!(from(&World::green()).as_deref(), Some(CURRENT));
    assert_eq!(from(&failed(Observed::Version(n(CURRENT)))).as_deref(), Some(CURRENT));
    assert_eq!(from(&failed(Observed::Unknown("no answer".to_owned()))), None);
}

#[test]
fn what_drifted_in_is_what_was_last_seen() {
    let mut world = World::green();
    let target = world.target(&production("nl-vm"));
    let (seq, at, expected) = (Seq(77), now(), Some(n(CURRENT)));
    let observed = Observed::Version(n("1.20"));
    target.drift = Some(Drift { seq, at, expected, observed });
    assert_eq!(target.last_seen().map(|seen| seen.as_str()), Some("1.20"));
}

fn page() -> CheckKind {
    CheckKind::Page(Box::new(PageCheck {
        path: n("/"),
        viewports: vec![Viewport::desktop()],
        colours: ColourScheme::Light,
        locale: None,
        headers: BTreeMap::new(),
        basic_auth: None,
        cookies: BTreeMap::new(),
        steps: Vec::new(),
        expect_text: Vec::new(),
        expect_elements: Vec::new(),
        expect_title: None,
        expect_language: None,
        script_errors: ScriptErrors::New,
        own_hosts: Vec::new(),
        ignore: Vec::new(),
        allow_hosts: Vec::new(),
        picture: PictureRule::Broken,
        compare_with: CompareWith::Nothing,
        clock: None,
        any_certificate: false,
        max_bytes: 1_000_000,
    }))
}

#[test]
fn only_http_checks_are_probes_unless_others_are_named() {
    let probes = |world: &World| {
        let plan = plan_of(world);
        plan.probes.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let mut world = World::green();
    assert_eq!(probes(&world), ["check0", "check1"]);
    world.service_mut().checks.get_mut("check1").expect("a check").kind = page();
    for name in ["nl-vm", "nl-k8s", "in-vm", "in-k8s"] {
        world.pass(name, "check1", ago(Period::from_hours(1)));
    }
    assert_eq!(probes(&world), ["check0"], "a browser is no probe by itself");
    world.service_mut().promotion.probes.insert(n("check1"));
    assert_eq!(probes(&world), ["check1"]);
}

fn good(version: &str, seq: u64) -> VerifiedGood {
    VerifiedGood {
        version: n(version),
        at: ago(Period::from_hours(100)),
        seq: Seq(seq),
        doubted_at: None,
    }
}

/// 1.21 and then 1.22 were verified good everywhere, and 1.22 runs.
fn with_a_past() -> World {
    let mut world = World::green();
    world.state.releases.insert(n("1.21"), release("1.21"));
    for name in ["nl-vm", "nl-k8s", "in-vm", "in-k8s"] {
        world.target(&production(name)).verified_good.insert(0, good("1.21", 800));
    }
    world
}

fn rolled_back(world: &World, only: &[&str]) -> Result<Plan, PlanError> {
    let (environment, by) = (n("production"), n("somebody"));
    let only = only.iter().map(|name| n(name)).collect::<BTreeSet<_>>();
    let planning = Planning {
        catalog: &world.catalog,
        service: world.service(),
        environment: &environment,
        state: &world.state,
        facts: &world.facts,
        only: &only,
        by: &by,
        now: world.now,
    };
    plan_rollback(&planning, None, "it broke")
}

/// `target: from → to` of a rollback of all targets, or of these.
fn back(world: &World, only: &[&str]) -> Vec<String> {
    let plan = rolled_back(world, only).expect("there is a way back");
    let from =
        |from: Option<&crate::ids::Version>| from.map_or("?".to_owned(), ToString::to_string);
    plan.changes
        .iter()
        .map(|one| format!("{}: {} → {}", one.target, from(one.from.as_ref()), one.to))
        .collect()
}

#[test]
fn where_all_is_well_everything_goes_one_version_back() {
    let world = with_a_past();
    assert_eq!(back(&world, &[]).len(), 4);
    assert_eq!(back(&world, &["nl-vm"]), ["nl-vm: 1.22 → 1.21"]);
}

#[test]
fn a_way_back_that_did_not_arrive_is_gone_to_its_end_and_not_past_it() {
    let mut world = with_a_past();
    let deployment = world.target(&production("nl-vm")).deployment.as_mut().expect("deployed");
    (deployment.reason, deployment.previous) = (MoveReason::Back, Some(n(CANDIDATE)));
    let report = deployment.report.as_mut().expect("it has ended");
    let (ending, finding) = (Ending::Exit(1), "no space left".to_owned());
    report.result = DeployResult::Failed { ending, finding };
    report.observed = Observed::Version(n(CANDIDATE));
    // The others are back on 1.22, or have never left it.
    assert_eq!(back(&world, &[]), ["nl-vm: 1.23 → 1.22"]);
    let deployment = world.target(&production("nl-vm")).deployment.as_mut().expect("deployed");
    let report = deployment.report.as_mut().expect("it has ended");
    report.observed = Observed::Unknown("no answer".to_owned());
    assert_eq!(back(&world, &[]), ["nl-vm: ? → 1.22"]);
    assert_eq!(back(&world, &["in-vm"]), ["in-vm: 1.22 → 1.21"], "a person names what goes");
}

#[test]
fn what_a_promotion_never_reached_stays_where_the_others_go_back_to() {
    let mut world = with_a_past();
    let was = world.target(&production("nl-vm")).verified_good.clone();
    let live = world.target(&production("nl-vm"));
    *live = deployed(CANDIDATE, 700, ago(Period::from_hours(1)));
    live.verified_good = was;
    assert_eq!(back(&world, &[]), ["nl-vm: 1.23 → 1.22"]);
    // One that is in doubt goes back with it.
    let doubted = world.target(&production("in-vm")).verified_good.last_mut().expect("good");
    doubted.doubted_at = Some(now());
    assert_eq!(back(&world, &[]), ["in-vm: 1.22 → 1.21", "nl-vm: 1.23 → 1.22"]);
}

#[test]
fn a_target_without_a_way_back_stops_only_what_it_is_part_of() {
    let mut world = World::green();
    assert!(matches!(rolled_back(&world, &[]), Err(PlanError::NoWayBack { .. })));
    let live = world.target(&production("nl-vm"));
    let was = live.verified_good.clone();
    *live = deployed(CANDIDATE, 700, ago(Period::from_hours(1)));
    live.verified_good = was;
    assert_eq!(back(&world, &[]), ["nl-vm: 1.23 → 1.22"]);
}
