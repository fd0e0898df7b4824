//! What forges were told, on the page of a release.

use plimsoll_web::router;

use crate::fleet::fleet;
use crate::visit::Browser;

#[tokio::test(start_paused = true)]
async fn a_release_says_what_each_forge_was_told_of_its_commit_and_what_hangs() {
    let fleet = fleet(0).await;
    let router = router(&fleet.site);
    let browser = Browser::signed_in(&router, &fleet.all).await;
    let page = browser.get("/releases/planet4@1.23").await.text();
    let (_, told) = page.split_once("What forges were told").expect("the section");
    for words in [
        "hub acme/planet4 4f1c2ab9d0e1",
        "plimsoll/production",
        "failure, ",
        "planet4@1.23 may not enter production",
        "not told",
        "success was not told: 404: no such repository",
        "; tried again ",
        "that the commit was pushed",
        "acme/both",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    // A release that no commit is known of says nothing of forges.
    let other = browser.get("/releases/planet4@1.22").await.text();
    assert!(!other.contains("What forges were told"), "{other}");
}

#[tokio::test(start_paused = true)]
async fn what_tells_of_a_service_that_is_not_seen_is_not_shown() {
    let fleet = fleet(0).await;
    let router = router(&fleet.site);
    let browser = Browser::signed_in(&router, &fleet.some).await;
    let page = browser.get("/releases/planet4@1.23").await.text();
    assert!(page.contains("hub acme/planet4 4f1c2ab9d0e1"), "{page}");
    assert!(!page.contains("acme/both"), "{page}");
}
