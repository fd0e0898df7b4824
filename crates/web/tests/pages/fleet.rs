//! A fleet in memory with a bit of everything on it: what the pages are tested with, and looked at.

use std::collections::BTreeSet;
use std::sync::Arc;

use plimsoll_core::catalog::{
    Catalog, Environment, Forge, ForgeKind, ForgeSecret, FreezeWindow, Per, RuleKind, Service,
    Tier, WindowTime,
};
use plimsoll_core::digest::Digest;
use plimsoll_core::event::{Actor, EventKind, Stream};
use plimsoll_core::gate::Pass;
use plimsoll_core::ids::{CheckRunId, LaneId, ReleaseId, ServiceName, TargetId};
use plimsoll_core::record::{
    Artifact, ArtifactKind, Attempt, CaseFailure, Cases, Cause, CheckResult, CommitStatus, Control,
    ControlRun, ForgeFault, ForgeFaultKind, Observed, Outcome, PageSummary, PageView, Permission,
    Picture, Question, Scope, StatusState, Token,
};
use plimsoll_core::units::Period;
use plimsoll_engine::desk::people::{Freeze, Waive};
use plimsoll_engine::desk::{Desk, Request};
use plimsoll_engine::tasks::{AdoptRequest, Drivers, VerifyRequest, Works};
use plimsoll_sim::{Shape, Sim};
use plimsoll_web::caller::Secret;
use plimsoll_web::{Settings, Site, Web};

/// What is written into every free text: none of it may ever be markup or turn the page around.
pub const HOSTILE: &str = "<script>alert(1)</script>\"><img src=x onerror=alert(2)>'&amp;\u{202e}\u{2066}\u{7}</pre></title>";

/// A world, the site over it, and who may do what there.
pub struct Fleet {
    pub site: Web,
    /// A token for everything, and one that sees `planet4` alone.
    pub all: Secret,
    pub some: Secret,
    /// The run whose pictures can be opened.
    pub pictured: CheckRunId,
}

pub fn name<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("a valid name")
}

fn shape() -> Shape {
    let window = FreezeWindow {
        name: name("labs"),
        time: WindowTime::Weekly {
            days: plimsoll_core::catalog::Days([true; 7]),
            from: plimsoll_core::catalog::ClockTime(9 * 60),
            to: plimsoll_core::catalog::ClockTime(19 * 60),
        },
        zone: "UTC".to_owned(),
        override_by: [name("editors")].into(),
    };
    Shape {
        rules: vec![
            RuleKind::Soak { period: Period::from_mins(30) },
            RuleKind::Freeze(window),
            RuleKind::SignOff { roles: [(name("editors"), 1)].into(), per: Per::Site },
        ],
        ..Shape::default()
    }
}

/// The configuration: `planet4`, `shop` without rules of its own, and as many small services as are
/// wanted, each with five targets.
fn configure(catalog: &mut Catalog, small: usize) {
    catalog.roles.insert(name("editors"), [name("release-manager"), name("editor-nl")].into());
    let secret = plimsoll_core::catalog::SecretRef::Env("STAGING_PASSWORD".to_owned());
    catalog.secrets.insert(name("staging-password"), secret);
    catalog.forges.insert(name("hub"), forge());
    let planet4 = catalog.services[&name::<ServiceName>("planet4")].clone();
    let mut shop = renamed(&planet4, "shop", Tier::Critical);
    shop.gates.clear();
    catalog.services.insert(name("shop"), shop);
    // Nothing stands for Canada's k8s.
    let planet4 = catalog.services.get_mut(&name::<ServiceName>("planet4")).expect("it is there");
    planet4.environments[0].targets.remove(&name::<plimsoll_core::ids::TargetName>("ca-k8s"));
    for at in 0..small {
        let tier = [Tier::Standard, Tier::Leaf][at % 2];
        let mut service = renamed(
            &catalog.services[&name::<ServiceName>("shop")],
            &format!("service-{at:03}"),
            tier,
        );
        for (at, environment) in service.environments.iter_mut().enumerate() {
            keep(
                environment,
                if at == 0 { &["nl-vm", "in-vm"] } else { &["nl-vm", "in-vm", "ca-vm"] },
            );
        }
        catalog.services.insert(service.name.clone(), service);
    }
}

fn keep(environment: &mut Environment, names: &[&str]) {
    environment.targets.retain(|target, _| names.contains(&target.as_str()));
}

fn renamed(service: &Service, to: &str, tier: Tier) -> Service {
    Service { name: name(to), tier, ..service.clone() }
}

/// A fleet with so many small services beside the two that have a story. Needs a paused runtime.
pub async fn fleet(small: usize) -> Fleet {
    let mut sim = Sim::new(7, &shape());
    sim.reconfigure(|catalog| configure(catalog, small));
    let desk = sim.start_process();
    for service in ["planet4", "shop"] {
        everywhere(&sim, &desk, service, "1.22").await;
    }
    let pictured = story_of_planet4(&sim, &desk).await;
    story_of_shop(&sim, &desk).await;
    story_of_the_forge(&desk).await;
    // Whoever began 2.2 is gone.
    let gone = sim.start_process();
    promote(&sim, &gone, "2.2", false).await;
    sim.end_process(&gone);
    for at in 0..small {
        small_service(&sim, &desk, &format!("service-{at:03}"), at).await;
    }
    let token = |name_: &str, services: Option<BTreeSet<ServiceName>>| {
        let secret = Secret::random("plm_").expect("randomness");
        // Who administers does so for all services.
        let may = |one: &Permission| services.is_none() || *one != Permission::Administer;
        let permissions = Permission::ALL.into_iter().filter(may).collect();
        let scope = Scope { services, permissions };
        let until = Period::from_hours(24 * 90).after(desk.now());
        let person = name("release-manager");
        let token = Token { name: name(name_), person, scope, hash: secret.hash(), until };
        (secret, token)
    };
    let (all, everything) = token("everything", None);
    let (some, one) = token("one", Some([name("planet4")].into()));
    for token in [everything, one] {
        desk.create_token(&token, &sim.person()).await.expect("it is new");
    }
    let settings = Settings {
        open_read: true,
        base_url: Some("http://plimsoll.example".to_owned()),
        version: "0.0.0".to_owned(),
    };
    let site = Site::new(Arc::new(desk), Works::new(Arc::new(Drivers::default())), settings);
    Fleet { site: Arc::new(site), all, some, pictured }
}

fn lane(service: &str, environment: &str) -> LaneId {
    name(&format!("{service}/{environment}"))
}

fn release_id(service: &str, version: &str) -> ReleaseId {
    name(&format!("{service}@{version}"))
}

async fn add(sim: &Sim, desk: &Desk, service: &str, version: &str) {
    let mut release = sim.release(version);
    release.id = release_id(service, version);
    release.notes = HOSTILE.to_owned();
    if release.id == release_id("planet4", "1.23") {
        release.artifacts.push(Artifact {
            name: name("code"),
            kind: ArtifactKind::Git { commit: COMMIT.to_owned() },
            digest: Digest::of(COMMIT.as_bytes()),
            source: HOSTILE.to_owned(),
            kept: false,
        });
    }
    desk.add_release(release).await.expect("it is new");
}

/// The commit that 1.23 of `planet4` is made of.
const COMMIT: &str = "4f1c2ab9d0e14f1c2ab9d0e14f1c2ab9d0e14f1c";

/// A forge with a repository of `planet4` alone, and one that it shares with `shop`.
fn forge() -> Forge {
    let one = (name("acme/planet4"), [name("planet4")].into());
    let both = (name("acme/both"), [name("planet4"), name("shop")].into());
    Forge {
        kind: ForgeKind::Gitea,
        url: "https://git.example/api/v1".to_owned(),
        secret: ForgeSecret::Token(name("staging-password")),
        webhook_secret: None,
        repositories: [one, both].into(),
    }
}

/// The forge knows that 1.23 may not enter; what was to be told of the other repository hangs.
async fn story_of_the_forge(desk: &Desk) {
    let status = |repository: &str, state, description: String| CommitStatus {
        repository: name(repository),
        commit: COMMIT.to_owned(),
        context: "plimsoll/production".to_owned(),
        state,
        description,
        url: None,
        of: Digest::ZERO,
    };
    let refused = format!("planet4@1.23 may not enter production: {HOSTILE}");
    let fault = ForgeFault {
        kind: ForgeFaultKind::Refused,
        words: format!("404: no such repository {HOSTILE}"),
        not_before: None,
    };
    let hangs = status("acme/both", StatusState::Success, HOSTILE.to_owned());
    let kinds = vec![
        EventKind::ForgeClaimed { driver: "server-1".to_owned() },
        EventKind::StatusPosted { status: status("acme/planet4", StatusState::Failure, refused) },
        EventKind::StatusNotPosted { status: hangs, fault },
    ];
    let stream = Stream::Forge(name("hub"));
    desk.append(stream, None, Actor::Plimsoll, kinds).await.expect("written");
}

fn runs(sim: &Sim, desk: &Desk, lane: &LaneId, version: &str) {
    let service = &desk.catalog().services[&lane.service];
    let environment = service.environment(&lane.environment).expect("it is there");
    for target in environment.targets.keys() {
        sim.runs(&lane.target(target), version);
    }
}

/// A version runs everywhere, was taken in and verified.
async fn everywhere(sim: &Sim, desk: &Desk, service: &str, version: &str) {
    add(sim, desk, service, version).await;
    for environment in ["staging", "production"] {
        let lane = lane(service, environment);
        runs(sim, desk, &lane, version);
        let release = release_id(service, version);
        let (targets, by) = (BTreeSet::new(), sim.person());
        desk.adopt(&AdoptRequest { release, lane, targets, by }).await.expect("it runs there");
    }
}

async fn stage(sim: &Sim, desk: &Desk, service: &str, version: &str) {
    add(sim, desk, service, version).await;
    let lane = lane(service, "staging");
    let release = desk.release(&release_id(service, version)).await.expect("it was added");
    let (only, by) = (BTreeSet::new(), sim.person());
    let request = Request { lane: &lane, only: &only, by: &by };
    let plan = desk.plan_deployment(&request, &release).await.expect("a plan");
    desk.start(&plan, Vec::new()).await.expect("nothing else moves");
    desk.drive(&lane).await.expect("it is deployed");
    let request = VerifyRequest {
        lane,
        version: name(version),
        targets: BTreeSet::new(),
        checks: BTreeSet::new(),
        marks_good: true,
    };
    desk.verify(&request).await.expect("the checks run");
}

/// 1.23 is on staging, red on k8s; a page check with pictures, a suite with a red test.
async fn story_of_planet4(sim: &Sim, desk: &Desk) -> CheckRunId {
    for place in ["planet4/staging/nl-k8s", "planet4/staging/in-k8s"] {
        sim.is_bad("1.23", "home", place);
    }
    stage(sim, desk, "planet4", "1.23").await;
    let service: ServiceName = name("planet4");
    let by = sim.person();
    let typed = || HOSTILE.parse().expect("any text");
    let pictured = looked_at(desk, "planet4/staging/nl-k8s", "1.23").await;
    suite(desk, "planet4/staging/in-vm", "1.23").await;
    let release = release_id("planet4", "1.23");
    desk.ask_gate(&release, &name("production")).await.expect("an answer");
    let waive = Waive {
        release: release.clone(),
        to: Some(name("production")),
        rule: plimsoll_core::catalog::RuleName::Evidence,
        targets: vec![name("in-vm")],
        checks: vec![name("suite")],
        reason: typed(),
        until: Period::from_hours(24 * 10).after(desk.now()),
    };
    desk.waive(&waive, &by).await.expect("it can be waived");
    desk.hold(&service, Some(&name("production")), &typed(), &by).await.expect("held");
    let freeze = Freeze {
        service,
        environment: Some(name("production")),
        from: None,
        until: Period::from_hours(5).after(desk.now()),
        reason: typed(),
    };
    desk.freeze(&freeze, &by).await.expect("frozen");
    desk.ask_gate(&release, &name("production")).await.expect("an answer");
    pictured
}

/// 2.0 went through, 2.1 regressed and went back, 2.2 was begun and nobody drives it.
async fn story_of_shop(sim: &Sim, desk: &Desk) {
    stage(sim, desk, "shop", "2.0").await;
    promote(sim, desk, "2.0", true).await;
    stage(sim, desk, "shop", "2.1").await;
    sim.is_bad("2.1", "home", "shop/production/in-k8s");
    promote(sim, desk, "2.1", true).await;
    stage(sim, desk, "shop", "2.2").await;
}

/// Promotes a version of `shop`, which has to be allowed.
pub async fn promote(sim: &Sim, desk: &Desk, version: &str, drive: bool) {
    let (lane, release) = (lane("shop", "production"), release_id("shop", version));
    let asked = desk.ask_gate(&release, &lane.environment).await.expect("an answer");
    let (state, facts, id) = (asked.state.clone(), asked.facts.clone(), asked.id);
    let pass = Pass::from(asked.ruling.pass().expect("shop asks for little"));
    let release = desk.release(&release).await.expect("it was added");
    let (only, by) = (BTreeSet::new(), sim.person());
    let request = Request { lane: &lane, only: &only, by: &by };
    let plan = desk.plan_promotion(&request, &release, (&pass, id), (&state, &facts));
    desk.start_promotion(&plan.expect("a plan"), &pass, id).await.expect("nothing else moves");
    if drive {
        desk.drive(&lane).await.expect("it comes to an end");
    }
}

/// A service that was taken in; some of them have something newer on staging, some have drifted.
async fn small_service(sim: &Sim, desk: &Desk, service: &str, at: usize) {
    add(sim, desk, service, "3.0").await;
    add(sim, desk, service, "3.1").await;
    for environment in ["staging", "production"] {
        let lane = lane(service, environment);
        let version = if environment == "staging" && at.is_multiple_of(3) { "3.1" } else { "3.0" };
        runs(sim, desk, &lane, version);
        let service = &desk.catalog().services[&lane.service];
        let environment = service.environment(&lane.environment).expect("it is there");
        let targets: Vec<_> = environment.targets.keys().cloned().collect();
        let version: plimsoll_core::ids::Version = name(version);
        let mut kinds = vec![
            EventKind::Adopted {
                targets: targets.clone(),
                version: version.clone(),
                unknown: vec![],
            },
            EventKind::VerifiedGood { targets: targets.clone(), version, promotion: None },
        ];
        if at % 40 == 7 {
            let (target, expected) = (targets[0].clone(), Some(name("3.0")));
            let observed = Observed::Unknown(HOSTILE.to_owned());
            kinds.push(EventKind::DriftFound { target, expected, observed });
        }
        let stream = Stream::Lane(lane);
        desk.append(stream, None, Actor::Plimsoll, kinds).await.expect("written");
    }
}

fn attempt(outcome: Outcome, finding: &str) -> Attempt {
    let finding = finding.to_owned();
    Attempt { outcome, finding, took_ms: 3_200, cases: None, timings: None, page: None }
}

async fn result_of(desk: &Desk, target: &str, check: &str, version: &str) -> CheckResult {
    let target: TargetId = name(target);
    let state = desk.load(&target.service).await.expect("the state");
    let known = state.target(&target).expect("something runs there");
    let service = &desk.catalog().services[&target.service];
    let check: plimsoll_core::ids::CheckName = name(check);
    let version: plimsoll_core::ids::Version = name(version);
    CheckResult {
        check_digest: service.checks[&check].digest(),
        check,
        deployment: known.deployment.as_ref().map(|deployment| deployment.id),
        started_at: desk.now(),
        finished_at: Period::from_secs(3).after(desk.now()),
        observed_before: Observed::Version(version.clone()),
        observed_after: Observed::Version(version.clone()),
        version,
        attempts: vec![],
        outcome: Outcome::Failed,
        output: None,
        target,
        reported: None,
    }
}

async fn write(desk: &Desk, result: CheckResult) -> CheckRunId {
    let stream = Stream::Evidence(result.target.lane());
    let kind = EventKind::CheckFinished { result: Box::new(result) };
    let events = desk.append(stream, None, Actor::Plimsoll, vec![kind]).await.expect("written");
    CheckRunId(events[0].seq)
}

/// A page check that failed, with two pictures and what the browser saw.
async fn looked_at(desk: &Desk, target: &str, version: &str) -> CheckRunId {
    let mut result = result_of(desk, target, "home", version).await;
    let blobs = &desk.parts().blobs;
    let after = blobs.put(include_bytes!("after.png")).await.expect("kept");
    let before = blobs.put(include_bytes!("before.png")).await.expect("kept");
    let picture = |name: &str, blob| Picture { name: name.to_owned(), blob };
    let view = PageView {
        viewport: "desktop".to_owned(),
        status: Some(200),
        url: "http://nl.k8s.example/".to_owned(),
        title: HOSTILE.to_owned(),
        resources: 9,
        failed_resources: 1,
        style_sheets: 2,
        applied_style_sheets: 1,
        style_rules: 12,
        exceptions: 0,
        bytes: 41_000,
        ready_ms: Some(420),
    };
    let page = PageSummary {
        browser: "Chrome/156.0.8078.79".to_owned(),
        views: vec![view],
        pictures: vec![picture("desktop.png", after), picture("desktop-before.png", before)],
        of_look: vec![],
    };
    let failed = |test: &str| CaseFailure {
        test: test.to_owned(),
        signature: "/static/style.css answers #".to_owned(),
        message: format!("/static/style.css answers 404 {HOSTILE}"),
    };
    let cases = Cases { failed: vec![failed("desktop"), failed(HOSTILE)], ..Cases::default() };
    let mut tried =
        attempt(Outcome::Failed, "/static/style.css answers 404, and the page has no style");
    tried.cases = Some(cases);
    tried.page = Some(Box::new(page));
    result.attempts = vec![tried];
    let output = serde_json::json!({
        "browser": "Chrome/156.0.8078.79",
        "findings": [],
        "views": [{
            "viewport": "desktop", "asked": "http://nl.k8s.example/", "url": "http://nl.k8s.example/",
            "status": 200, "mime": "text/html", "title": HOSTILE, "ready-ms": 420, "bytes": 41_000,
            "style-sheets": [
                { "url": "http://nl.k8s.example/base.css", "imported-by": null, "applied": true, "rules": 12, "content": "css" },
                { "url": format!("http://nl.k8s.example/static/style.css?{HOSTILE}"), "imported-by": null, "applied": false, "rules": null, "content": "html" }
            ],
            "resources": [{ "url": "http://nl.k8s.example/static/style.css", "kind": "Stylesheet", "status": 404, "mime": "text/html", "bytes": 1200, "took-ms": 12, "failure": { "status": 404 } }],
            "console": [{ "kind": "exception", "text": HOSTILE, "place": "http://nl.k8s.example/app.js:1:2" }]
        }]
    });
    let output = blobs.put(output.to_string().as_bytes()).await.expect("kept");
    result.output = Some(output);
    let (target, check) = (result.target.clone(), result.check.clone());
    let digest = result.check_digest;
    let run = write(desk, result).await;
    let again = ControlRun {
        question: Question::Again,
        target: target.clone(),
        version: Some(name(version)),
        check_digest: digest,
        at: desk.now(),
        outcome: Outcome::Failed,
        finding: HOSTILE.to_owned(),
        signature: vec![],
        took_ms: 3_100,
        output: None,
    };
    let good = ControlRun {
        question: Question::LastGood,
        target: name("planet4/production/nl-k8s"),
        version: Some(name("1.22")),
        outcome: Outcome::Passed,
        finding: "as expected".to_owned(),
        ..again.clone()
    };
    let against = plimsoll_core::record::Against::Green {
        target: name("planet4/production/nl-k8s"),
        version: name("1.22"),
        at: desk.now(),
    };
    let control = Control { cause: Cause::Regression { against }, runs: vec![again, good] };
    let stream = Stream::Evidence(target.lane());
    let control = Box::new(control);
    let kind = EventKind::CheckControlled { run, target: target.target, check, control };
    desk.append(stream, None, Actor::Plimsoll, vec![kind]).await.expect("written");
    run
}

/// A suite with one red test and an output, both hostile.
async fn suite(desk: &Desk, target: &str, version: &str) -> CheckRunId {
    let mut result = result_of(desk, target, "suite", version).await;
    let failure = CaseFailure {
        test: HOSTILE.to_owned(),
        signature: HOSTILE.to_owned(),
        message: HOSTILE.to_owned(),
    };
    let mut tried = attempt(Outcome::Failed, HOSTILE);
    tried.cases = Some(Cases {
        executed: 214,
        skipped: 3,
        missing: vec![HOSTILE.to_owned()],
        failed: vec![failure],
        more_failed: 0,
        wrong: vec![HOSTILE.to_owned()],
    });
    result.attempts = vec![tried];
    let lines: String = (0..600).map(|n| format!("line {n} {HOSTILE}\n")).collect();
    result.output = Some(desk.parts().blobs.put(lines.as_bytes()).await.expect("kept"));
    write(desk, result).await
}

/// A digest of nothing that is there.
pub fn elsewhere() -> Digest {
    Digest::of(b"nothing that was ever kept")
}
