//! What `plimsoll check` shows.

use plimsoll_config::{headline, render_all};

use crate::load_one;

const BAD: &str = "services:
  planet4:
    environments:
      staging:
        targets:
          nl: { url: http://nl.staging.example }
      production:
        after: staging
        targets:
          nl: { url: https://nl.example }
    platforms:
      vm: { deploy: { command: [./deploy, \"{{ target.nam }}\"] }, observe: { http: /version } }
    checks:
      home: { http: / }
    gates:
      production:
        - evidence: { max_age: 24h }
        - soak: 30
";

#[test]
fn three_errors_come_at_once_each_with_its_line_and_what_to_do() {
    let errors = load_one(BAD).expect_err("three errors");
    assert_eq!(headline(&errors), "3 errors in plimsoll.yaml; nothing was loaded.");
    assert_eq!(
        render_all(&errors, false),
        "  plimsoll.yaml:12:47  unknown variable `target.nam`
     12 |       vm: { deploy: { command: [./deploy, \"{{ target.nam }}\"] }, observe: { http: /version } }
        |                                               ^^^^^^^^^^ did you mean `target.name`?
  plimsoll.yaml:17:23  unknown key `max_age`
     17 |         - evidence: { max_age: 24h }
        |                       ^^^^^^^ did you mean `max-age`?
  plimsoll.yaml:18:17  `30` is not a duration
     18 |         - soak: 30
        |                 ^^ write a number and a unit: 30m, 2h, 1d"
    );
}
