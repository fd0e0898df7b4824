//! One file with every setting, and what it becomes.

use plimsoll_core::catalog::{
    CheckKind, ClockTime, DeployKind, HttpMatch, ObserveKind, OnRegression, RuleKind, SecretRef,
    VersionFrom, WaveTargets, WindowTime,
};
use plimsoll_core::units::Period;

use crate::load_one;

const GOOD: &str = include_str!("good.yaml");

#[test]
fn every_setting_becomes_what_it_says() {
    let loaded = load_one(GOOD)
        .unwrap_or_else(|errors| panic!("{}", plimsoll_config::render_all(&errors, false)));
    assert_eq!(plimsoll_config::render_all(&loaded.warnings, false), "");
    let service = &loaded.catalog.services["planet4"];
    let names: Vec<_> = service.environments.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["staging", "production"]);
    let target = &service.environments[1].targets["nl-vm"];
    assert_eq!((target.site.as_str(), target.url.as_deref()), ("nl", Some("https://nl.example")));

    let vm = &service.platforms["vm"];
    let DeployKind::Command(deploy) = &vm.deploy else { panic!("a command") };
    let prove = deploy.prove.as_ref().expect("a proof");
    assert_eq!(prove.argv[2].to_string(), "./have \"$PLIMSOLL_RELEASE\"");
    assert_eq!(prove.env.len(), 1, "the environment of the first command holds for the others");
    assert_eq!(vm.observe.version, VersionFrom::Json("/version".into()));
    assert_eq!(vm.within, Period::from_mins(5));
    assert_eq!(service.platforms["k8s"].observe.kind, ObserveKind::Link);

    let CheckKind::Http(api) = &service.checks["api"].kind else { panic!("http") };
    assert_eq!(service.checks["api"].within, Period::from_secs(2));
    assert_eq!(api.expect_json[0].equals, Some(serde_json::json!(true)));
    assert_eq!(api.expect_json[1].equals, None);
    assert_eq!(api.expect_headers["content-type"], HttpMatch::Contains("json".into()));
    assert_eq!(api.max_body_bytes, 1 << 20);
    let CheckKind::Page(looks) = &service.checks["looks"].kind else { panic!("a page") };
    assert_eq!(service.checks["looks"].within, Period::from_secs(45));
    let windows: Vec<_> = looks.viewports.iter().map(|one| (one.width, one.mobile)).collect();
    assert_eq!(windows, [(390, true), (1024, false)]);
    let steps: Vec<_> = looks.steps.iter().map(ToString::to_string).collect();
    assert_eq!(
        steps,
        [
            "go /login",
            "fill #password",
            "press Enter",
            "click a.home",
            "wait-for main",
            "expect \"Welcome\""
        ]
    );
    assert_eq!((looks.max_bytes, looks.any_certificate), (20_000_000, true));
    let CheckKind::Command(suite) = &service.checks["suite"].kind else { panic!("a command") };
    assert_eq!(service.checks["suite"].within, Period::from_mins(10));
    let junit = suite.junit.as_ref().expect("a JUnit file");
    assert_eq!((junit.path.to_string().as_str(), junit.min_tests), ("{{ out }}/junit.xml", 20));

    let rules = &service.gates["production"];
    assert_eq!(rules[1].kind, RuleKind::Soak { period: Period::from_mins(30) });
    let RuleKind::Freeze(labs) = &rules[2].kind else { panic!("a freeze") };
    let WindowTime::Weekly { days, from, to } = &labs.time else { panic!("weekly") };
    assert_eq!(
        (days.0, *from, *to),
        ([true, true, true, true, true, false, false], ClockTime(540), ClockTime(1140))
    );
    let RuleKind::Freeze(year) = &rules[3].kind else { panic!("a freeze") };
    assert!(matches!(year.time, WindowTime::Dated { to: (_, ClockTime(1080)), .. }));
    assert_eq!(rules.len(), 7);

    assert_eq!(service.promotion.waves[1], WaveTargets::Rest);
    assert_eq!(service.promotion.on_regression, OnRegression::RollBackWave);
    assert_eq!(loaded.catalog.secrets["token"], SecretRef::Env("DEPLOY_TOKEN".into()));
    assert_eq!(loaded.catalog.limits.per_host, 4);
}

#[test]
fn crlf_byte_order_marks_and_json_read_the_same() {
    let catalog = load_one(GOOD).expect("valid").catalog;
    assert_eq!(load_one(&GOOD.replace('\n', "\r\n")).expect("CRLF").catalog, catalog);
    assert_eq!(load_one(&format!("\u{feff}{GOOD}")).expect("a mark").catalog, catalog);
}

#[test]
fn merged_keys_yield_to_those_that_are_written() {
    let text = "
services:
  s:
    environments:
      e: { targets: { a: { url: http://a.example } } }
    platforms: { p: { deploy: { files: { root: /srv } } } }
    checks:
      one: &usual { http: /, within: 5s, retries: 2 }
      two: { <<: *usual, http: /two, retries: 0 }
";
    let loaded = load_one(text).expect("valid");
    let two = &loaded.catalog.services["s"].checks["two"];
    assert_eq!((two.within, two.retries), (Period::from_secs(5), 0));
}

#[test]
fn a_production_target_that_nothing_stands_for_is_a_warning_with_the_line_to_add() {
    let text = GOOD.replace(
        "          in-vm:  { site: in, platform: vm,  url: http://in.staging.example }\n",
        "",
    );
    let warnings = load_one(&text).expect("loaded").warnings;
    assert_eq!(warnings.len(), 1);
    assert_eq!(
        warnings[0].hint.as_deref(),
        Some("add  in-vm: { site: in, platform: vm, url: … }  under staging")
    );
    assert!(warnings[0].message.contains("production/in-vm"), "{}", warnings[0]);
}

#[test]
fn checks_that_cover_nothing_and_gates_that_expect_nothing_are_warnings() {
    let text = "
services:
  s:
    environments:
      staging: { targets: { a: { url: http://a.example } } }
      production: { after: staging, targets: { a: { url: http://b.example } } }
    platforms: { p: { deploy: { files: { root: '/srv/{{ environment.name }}' } } } }
    checks: { one: { http: /, only: { environments: production } }, two: { http: /, only: { sites: a, targets: a, environments: [] } } }
roles: { editors: [] }
";
    let said = |text: &str| crate::said(&load_one(text).expect("loaded").warnings).join("\n");
    assert!(said(text).contains("nobody holds `editors`"), "{}", said(text));
    let none =
        text.replace(", two: { http: /, only: { sites: a, targets: a, environments: [] } }", "");
    assert!(
        said(&none).contains("no check is expected on staging: the gate of production will refuse"),
        "{}",
        said(&none)
    );
}
