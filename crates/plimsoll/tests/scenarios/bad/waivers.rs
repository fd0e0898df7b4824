//! Waivers that would cover nothing are refused when they are asked for.

use crate::bed::{Bed, Line, line};

fn waive<'a>(rule: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let base = ["waive", "shop@1.1", "--rule", rule, "--reason", "why", "--until", "7d"];
    [&base[..], more].concat()
}

fn with(bed: &Bed, roles: &str, freeze: &str) {
    let configuration = bed.read("plimsoll.yaml");
    let gate = "        - evidence: { max-age: 24h }\n";
    let configuration = configuration.replace(gate, &format!("{gate}{freeze}"));
    bed.write("plimsoll.yaml", format!("{roles}\n{configuration}"));
}

#[test]
fn what_cannot_be_waived_is_said_at_once_with_what_to_do() {
    let bed = line(Line::default());
    bed.ready();
    bed.run(&waive("release", &[])).expect(10).says("cannot be waived");
    bed.run(&waive("freeze", &[]))
        .expect(10)
        .says("freeze window stands before")
        .says("plimsoll gate");
    bed.run(&waive("hold", &[])).expect(10).says("nothing holds shop/production");
    bed.ok(&["hold", "shop", "--reason", "we look first"]);
    let hold = bed.events().len();
    bed.run(&waive("hold", &[])).expect(10).says(&format!("plimsoll hold shop --release {hold}"));
    bed.ok(&["freeze", "shop", "--until", "2h", "--reason", "moving"]);
    let freeze = bed.events().len();
    bed.run(&waive("freeze", &[]))
        .expect(10)
        .says(&format!("plimsoll freeze shop --lift {freeze}"));
    bed.run(&waive("soak", &["--to", "staging"])).expect(2).says("has no gate");
    bed.run(&["sign-off", "shop@1.1", "--to", "staging"]).expect(2).says("has no gate");
    assert!(!bed.kinds().contains(&"waiver-given".to_owned()));
}

#[test]
fn a_freeze_is_overridden_only_by_who_holds_its_role() {
    let bed = line(Line::default());
    bed.ready();
    let freeze = "        - freeze: { name: office, every: Mon-Sun 00:00-24:00, zone: UTC, override-by: editors }\n";
    with(&bed, "roles: { editors: [ada] }", freeze);
    bed.run(&waive("freeze", &[]))
        .expect(10)
        .says("tester may not override the freeze office")
        .says("editors")
        .says("ask ada");
    assert!(!bed.kinds().contains(&"waiver-given".to_owned()));
    bed.ok(&waive("freeze", &["--as", "ada"]));
    bed.ok(&["gate", "shop@1.1", "--to", "production"]).says("aived");
}
