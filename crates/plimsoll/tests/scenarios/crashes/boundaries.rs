//! `kill -9` at every boundary between effects, and another process that ends what was left: the end
//! state is right, and nothing is deployed a second time whose effect is there.

use crate::bed::{Bed, Line, line, promotion};

/// Runs a command on a copy of the bed, killed at its first boundary, on another at its second, and
/// so on until it is through; `mend` ends each. Gives how often it was killed.
fn killed_at_every_boundary(bed: &Bed, args: &[&str], mend: impl Fn(&Bed, u32)) -> u32 {
    for at in 1..=200 {
        let copy = bed.copy();
        let killed = copy.run_with(&[("PLIMSOLL_FAIL_AT", &at.to_string())], args);
        if killed.signal.is_none() {
            killed.expect(0);
            return at - 1;
        }
        assert_eq!(killed.signal, Some(9), "{}", killed.whole());
        copy.verify_ledger();
        mend(&copy, at);
        copy.verify_ledger();
        assert_eq!(copy.under_way(), None, "killed at {at}");
    }
    panic!("it never came through");
}

/// Goes on by `resume` or by giving the command again, in turn; the latter must say what it does.
fn go_on(bed: &Bed, at: u32, args: &[&str]) {
    let left = bed.under_way();
    if at.is_multiple_of(2) {
        let resumed = bed.ok(&["resume"]);
        match &left {
            Some(number) => _ = resumed.says(number),
            None => {
                resumed.says("Nothing was left under way");
                bed.ok(args);
            }
        }
        return;
    }
    let again = bed.ok(args);
    if let Some(number) = left {
        again.says(&number);
    }
}

#[track_caller]
fn runs_everywhere(bed: &Bed, environment: &str, version: &str, at: u32) {
    for target in ["nl", "in"] {
        assert_eq!(
            bed.runs(environment, target),
            version,
            "{environment}/{target}, killed at {at}"
        );
    }
}

#[test]
fn promotion_that_is_killed_at_any_boundary_is_ended_without_a_second_deployment() {
    let bed = line(Line::default());
    bed.ready();
    let before = bed.deploys_since(0).len();
    let args = promotion("shop@1.1");
    let kills = killed_at_every_boundary(&bed, &args, |bed, at| {
        go_on(bed, at, &args);
        runs_everywhere(bed, "production", "1.1", at);
        assert_eq!(bed.deploys_since(before), ["production/in 1.1"], "killed at {at}");
        let good = bed.ok(&["status", "--format", "json"]);
        assert_eq!(
            good.stdout.matches(r#""last-verified-good": "1.1""#).count(),
            4,
            "{}",
            good.whole()
        );
    });
    assert!(kills >= 30, "only {kills} boundaries: are the fail points on?");
}

#[test]
fn rollback_that_is_killed_at_any_boundary_is_ended_without_a_second_deployment() {
    let bed = line(Line::default());
    bed.ready();
    bed.promote("1.1").expect(0);
    let before = bed.deploys_since(0).len();
    let args = ["rollback", "shop/production", "--confirm", "shop/production"];
    let kills = killed_at_every_boundary(&bed, &args, |bed, at| {
        // A second rollback, after one that came through, would go further back.
        let finished = bed.kinds().iter().filter(|kind| *kind == "promotion-finished").count() == 4;
        if !finished {
            go_on(bed, at, &args);
        }
        runs_everywhere(bed, "production", "1.0", at);
        assert_eq!(bed.deploys_since(before), ["production/in 1.0"], "killed at {at}");
    });
    assert!(kills >= 15, "only {kills} boundaries");
}

/// How many parts try the boundaries of an automatic way back: there are many, and each goes the whole
/// way.
const PARTS: usize = 3;

/// Tries every third boundary, beginning at `first`.
fn automatic_way_back(first: u32) {
    let bed = line(Line::default());
    bed.ready();
    bed.write("broken-production-in", "");
    let before = bed.deploys_since(0).len();
    let args = promotion("shop@1.1");
    for at in (first..=200).step_by(PARTS) {
        let copy = bed.copy();
        let killed = copy.run_with(&[("PLIMSOLL_FAIL_AT", &at.to_string())], &args);
        if killed.signal.is_none() {
            // The check is red on 1.0 as well, so a person has to look.
            killed.expect(21);
            assert!(at > 30, "only {at} boundaries");
            return;
        }
        if copy.under_way().is_some() {
            copy.run(&["resume"]).expect(21);
        } else if copy.deploys_since(before).is_empty() {
            copy.promote("1.1").expect(21);
        }
        runs_everywhere(&copy, "production", "1.0", at);
        let deploys = copy.deploys_since(before);
        assert_eq!(deploys, ["production/in 1.1", "production/in 1.0"], "killed at {at}");
        copy.verify_ledger();
    }
    panic!("it never came through");
}

#[test]
fn automatic_way_back_that_is_killed_at_any_boundary_is_ended_1_of_3() {
    automatic_way_back(1);
}

#[test]
fn automatic_way_back_that_is_killed_at_any_boundary_is_ended_2_of_3() {
    automatic_way_back(2);
}

#[test]
fn automatic_way_back_that_is_killed_at_any_boundary_is_ended_3_of_3() {
    automatic_way_back(3);
}

#[test]
fn deployment_that_is_killed_at_any_boundary_is_ended_without_a_second_one() {
    let bed = line(Line::default());
    bed.running_everywhere("1.0");
    bed.add("shop@1.1", &[("index.html", "1.1")]).expect(0);
    let before = bed.deploys_since(0).len();
    let args = ["deploy", "shop@1.1", "--to", "staging"];
    let kills = killed_at_every_boundary(&bed, &args, |bed, at| {
        go_on(bed, at, &args);
        runs_everywhere(bed, "staging", "1.1", at);
        // Without a gate before it, a deployment that is asked for again is made again, once the
        // first has ended.
        let deploys = bed.deploys_since(before);
        assert!(deploys.iter().all(|line| line == "staging/in 1.1"), "{deploys:?}");
        let ended = bed.kinds().iter().filter(|kind| *kind == "promotion-finished").count() - 1;
        assert!(
            !deploys.is_empty() && deploys.len() <= ended,
            "killed at {at}: {deploys:?} in {ended}"
        );
    });
    assert!(kills >= 15, "only {kills} boundaries");
}

#[test]
fn adoption_that_is_killed_at_any_boundary_can_be_done_again_and_gives_a_way_back() {
    let bed = line(Line::default());
    bed.ready();
    let fresh = line(Line::default());
    fresh.on_staging("1.0");
    for target in ["nl", "in"] {
        let from = bed.path(&format!("world/production/{target}"));
        std::fs::create_dir_all(fresh.path("world/production")).expect("folders can be made");
        let copied = std::process::Command::new("cp")
            .arg("-a")
            .arg(from)
            .arg(fresh.path("world/production"))
            .status();
        assert!(copied.expect("cp runs").success());
    }
    let args = ["adopt", "shop@1.0", "--on", "production"];
    let kills = killed_at_every_boundary(&fresh, &args, |bed, _| {
        bed.ok(&args);
        bed.on_staging("1.1");
        bed.promote("1.1").expect(0);
    });
    assert!(kills >= 6, "only {kills} boundaries");
}

#[test]
fn verify_that_is_killed_at_any_boundary_is_never_taken_for_a_pass() {
    let bed = line(Line::default());
    bed.running_everywhere("1.0");
    bed.add("shop@1.1", &[("index.html", "1.1")]).expect(0);
    bed.ok(&["deploy", "shop@1.1", "--to", "staging"]);
    let gate = ["gate", "shop@1.1", "--to", "production"];
    let args = ["verify", "shop@1.1", "--on", "staging"];
    let kills = killed_at_every_boundary(&bed, &args, |bed, at| {
        let finished = bed.kinds().iter().filter(|kind| *kind == "check-finished").count();
        let asked = bed.run(&gate);
        // Four results belong to 1.0; two more are all that is asked for.
        match finished {
            4 | 5 => assert_eq!(asked.code, Some(11), "killed at {at}: {}", asked.whole()),
            _ => assert_eq!(asked.code, Some(0), "killed at {at}: {}", asked.whole()),
        }
        bed.ok(&args);
        bed.ok(&gate);
    });
    assert!(kills >= 6, "only {kills} boundaries");
}
