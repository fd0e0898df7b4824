//! Who sees what: a token of one service sees that service on every page, and no other.

use axum::http::StatusCode;
use plimsoll_web::{Settings, Site, router};

use crate::fleet::fleet;
use crate::visit::{Browser, attributes};

#[tokio::test(start_paused = true)]
async fn a_token_of_one_service_sees_no_other_on_any_page() {
    let fleet = fleet(3).await;
    let router = router(&fleet.site);
    let browser = Browser::signed_in(&router, &fleet.some).await;
    let mut waiting = vec!["/".to_owned(), "/?q=shop".to_owned(), "/calendar.ics".to_owned()];
    let mut seen: std::collections::BTreeSet<_> = waiting.iter().cloned().collect();
    let mut count = 0;
    while let Some(address) = waiting.pop() {
        let page = browser.get(&address).await;
        let goes_on = page.status == StatusCode::SEE_OTHER;
        assert!(page.status.is_success() || goes_on, "{address}: {}", page.status);
        let text = page.text();
        assert!(!text.contains("service-00"), "{address} tells of another service");
        assert!(!text.contains("shop@") && !text.contains("/shop"), "{address} tells of shop");
        count += 1;
        for link in attributes(&text, "href") {
            let place = link.split('#').next().unwrap_or_default().to_owned();
            if page.is_html() && !place.is_empty() && seen.insert(place.clone()) {
                waiting.push(place);
            }
        }
    }
    assert!(count > 50, "{count} pages");
    for other in [
        "/services/shop",
        "/releases/shop@2.0",
        "/gate/shop@2.0/production",
        "/targets/shop/staging/nl-vm",
        "/history?service=shop",
        "/configuration/shop",
    ] {
        let page = browser.get(other).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{other}");
        let text = page.text();
        assert!(text.contains("planet4") && text.contains("shop"), "{other}: both are named");
    }
}

#[tokio::test(start_paused = true)]
async fn where_nobody_may_look_without_a_token_the_way_leads_to_signing_in() {
    let made = fleet(0).await;
    let settings = Settings { open_read: false, ..made.site.settings.clone() };
    let works = plimsoll_engine::tasks::Works::new(std::sync::Arc::default());
    let site = std::sync::Arc::new(Site::new(made.site.desk(), works, settings));
    let router = router(&site);
    let nobody = Browser::new(&router);
    let page = nobody.get("/gate/planet4@1.23/production?at=2026-11-18").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let place = page.header("location");
    assert_eq!(place, "/sign-in?next=%2Fgate%2Fplanet4%401.23%2Fproduction%3Fat%3D2026-11-18");
    let form = nobody.get(&place).await;
    assert!(form.text().contains("value=\"/gate/planet4@1.23/production?at=2026-11-18\""));
    let wrong = nobody.post("/sign-in", &[("token", "plm_wrong")]).await;
    assert_eq!(wrong.status, StatusCode::FORBIDDEN);
    for _ in 0..40 {
        nobody.post("/sign-in", &[("token", "plm_wrong")]).await;
    }
    let often = nobody.post("/sign-in", &[("token", "plm_wrong")]).await;
    assert_eq!(often.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(!often.header("retry-after").is_empty());
    let somebody = Browser::signed_in(&router, &made.all).await;
    assert!(somebody.get("/").await.status.is_success(), "the right one is heard all the same");
    let token = somebody.form_token().await;
    somebody.post("/sign-out", &[("form_token", &token)]).await;
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    assert_eq!(somebody.get("/").await.status, StatusCode::SEE_OTHER, "its session is over");
}
