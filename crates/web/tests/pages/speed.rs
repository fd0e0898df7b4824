//! The board of a thousand targets: 200 services, made in little time and kept while nothing changes.

use std::time::{Duration, Instant};

use plimsoll_web::router;

use crate::fleet::fleet;
use crate::visit::Browser;

/// Far more than it takes: this build is not optimised, and other tests run beside it. What a server
/// takes is measured in `bench`.
const MOST: Duration = Duration::from_secs(3);

#[tokio::test(start_paused = true)]
async fn a_thousand_targets_are_one_page_and_are_made_once() {
    let fleet = fleet(198).await;
    let router = router(&fleet.site);
    let browser = Browser::new(&router);
    let began = Instant::now();
    let first = browser.get("/").await;
    let made = began.elapsed();
    let text = first.text();
    assert!(first.status.is_success() && made < MOST, "{made:?}");
    assert!(text.contains("200 services") && text.contains("service-197"));
    let began = Instant::now();
    for _ in 0..20 {
        browser.get("/").await;
    }
    let kept = began.elapsed() / 20;
    println!("made in {made:?}, kept {kept:?}, {} kB", first.body.len() / 1_000);
    assert!(kept < made, "{kept:?} of {made:?}");
    let found = browser.get("/?q=service-007").await.text();
    assert!(found.contains("service-007") && !found.contains("service-008"));
}
