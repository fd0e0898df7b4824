//! Two processes want the same, and many want different things.

use crate::bed::{Bed, Line, Output, line, promotion};

/// Starts two promotions of the same release at the same instant; exactly one wins.
#[track_caller]
pub fn one_of_two_wins(bed: &Bed, before: usize) {
    let args = promotion("shop@1.1");
    let (one, other) = (bed.spawn(&args), bed.spawn(&args));
    let (one, other) = (one.wait(), other.wait());
    let (winner, loser) = if one.code == Some(0) { (one, other) } else { (other, one) };
    let number = bed
        .events()
        .iter()
        .filter(|event| {
            event["kind"].get("promotion-started").is_some()
                && event["stream"] == "lane/shop/production"
        })
        .map(|event| format!("p-{}", event["seq"]))
        .collect::<Vec<_>>();
    assert_eq!(number.len(), 1, "{}\n{}", winner.whole(), loser.whole());
    winner.expect(0).says("Verified good");
    loser.expect(10).says(&number[0]);
    assert_eq!(bed.deploys_since(before), ["production/in 1.1"]);
    bed.verify_ledger();
}

#[test]
fn two_promotions_at_the_same_instant_one_wins_and_the_other_names_it() {
    let bed = line(Line { soak: "500ms", ..Line::default() });
    bed.ready();
    let before = bed.deploys_since(0).len();
    for _ in 0..10 {
        one_of_two_wins(&bed.copy(), before);
    }
}

#[test]
fn many_commands_at_once_on_one_ledger_all_come_through() {
    let bed = line(Line::default());
    bed.ready();
    let commands: [&[&str]; 6] = [
        &["verify", "shop@1.1", "--on", "staging"],
        &["gate", "shop@1.1", "--to", "production"],
        &["waive", "shop@1.1", "--rule", "soak", "--reason", "both at once", "--until", "7d"],
        &["status", "--format", "json"],
        &["verify", "shop@1.0", "--on", "production", "--format", "json"],
        &["history", "--format", "json"],
    ];
    let answers: Vec<Output> = std::thread::scope(|scope| {
        let bed = &bed;
        let hands: Vec<_> = commands
            .iter()
            .map(|args| scope.spawn(move || (0..5).map(|_| bed.run(args)).collect::<Vec<_>>()))
            .collect();
        hands.into_iter().flat_map(|hand| hand.join().expect("it lives")).collect()
    });
    for answer in answers {
        // A gate that is asked while a verify runs says so.
        let fine: &[i32] = if answer.args[0] == "gate" { &[0, 12] } else { &[0] };
        assert!(answer.code.is_some_and(|code| fine.contains(&code)), "{}", answer.whole());
    }
    bed.verify_ledger();
    let waivers = bed.kinds().iter().filter(|kind| *kind == "waiver-given").count();
    assert_eq!(waivers, 5, "{:?}", bed.kinds());
    bed.ok(&["gate", "shop@1.1", "--to", "production"]);
}
