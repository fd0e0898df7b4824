//! Whatever text a condition is made of, it compiles or it does not; and what compiles has an
//! answer, soon.
#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use plimsoll_config::load_texts;
use plimsoll_core::catalog::{Catalog, ChangeClass};
use plimsoll_core::gate::condition::{Inputs, compile};
use plimsoll_core::record::Release;

const CONFIGURATION: &str = "
services:
  shop:
    environments:
      staging: { targets: { main: { site: main, platform: vm, url: http://127.0.0.1 } } }
      production: { after: staging, targets: { main: { site: main, platform: vm, url: http://127.0.0.1 } } }
    platforms:
      vm: { deploy: { command: [./deploy] }, observe: { http: /version } }
    checks:
      home: { http: / }
";

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    load_texts(Path::new("plimsoll.yaml"), [("plimsoll.yaml", CONFIGURATION)]).expect("valid").catalog
});

static RELEASE: LazyLock<Release> = LazyLock::new(|| Release {
    id: "shop@1.4".parse().expect("valid"),
    artifacts: Vec::new(),
    change: ChangeClass::Minor,
    irreversible: false,
    notes: "words".to_owned(),
    added_at: Timestamp::UNIX_EPOCH,
    added_by: "somebody".parse().expect("valid"),
});

fuzz_target!(
    // The expression library panics on some input, which is caught where it is called. The hook of
    // the fuzzer would end the process before that; a panic that gets out is still found.
    init: std::panic::set_hook(Box::new(|_| {})),
    |text: &str| {
        let Ok(condition) = compile(text) else { return };
        let service = CATALOG.services.values().next().expect("one service");
        let environment = &service.environments[1];
        let current = environment.targets.keys().map(|name| (name, None)).collect();
        let inputs = Inputs {
            release: &RELEASE,
            service,
            environment: &environment.name,
            now: Timestamp::UNIX_EPOCH,
            current,
            requirements: &[],
        };
        drop(condition.evaluate(&inputs));
    }
);
