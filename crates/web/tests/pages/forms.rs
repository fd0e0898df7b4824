//! What people do by forms: only from a page of their session, only what they may, and it is done.

use axum::http::StatusCode;
use plimsoll_core::event::EventKind;
use plimsoll_core::ids::{Seq, ServiceName};
use plimsoll_web::router;

use crate::fleet::{fleet, name};
use crate::visit::{Browser, field};

async fn kinds(fleet: &crate::fleet::Fleet, service: &str) -> Vec<EventKind> {
    let desk = fleet.site.desk();
    let service: ServiceName = name(service);
    let events = desk.parts().ledger.service_events(&service, Seq(0), 10_000).await;
    events.expect("events").into_iter().map(|event| event.kind).collect()
}

#[tokio::test(start_paused = true)]
async fn a_form_of_another_site_or_session_does_nothing() {
    let fleet = fleet(0).await;
    let router = router(&fleet.site);
    let browser = Browser::signed_in(&router, &fleet.all).await;
    let token = browser.form_token().await;
    let before = kinds(&fleet, "shop").await.len();
    let hold = |token: &str| [("form_token", token.to_owned()), ("reason", "why".to_owned())];
    let sent = async |browser: &Browser, origin: &str, token: &str| {
        let fields = hold(token);
        let fields: Vec<_> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
        browser.post_from(origin, "/services/shop/hold", &fields).await.status
    };
    let own = "http://plimsoll.example";
    assert_eq!(sent(&browser, "http://evil.example", &token).await, StatusCode::FORBIDDEN);
    assert_eq!(sent(&browser, "null", &token).await, StatusCode::FORBIDDEN);
    assert_eq!(sent(&browser, own, "sha256:00").await, StatusCode::FORBIDDEN);
    assert_eq!(sent(&browser, own, "").await, StatusCode::FORBIDDEN);
    let nobody = Browser::new(&router);
    assert_eq!(sent(&nobody, own, &token).await, StatusCode::SEE_OTHER, "sign in first");
    let other = Browser::signed_in(&router, &fleet.some).await;
    assert_eq!(sent(&other, own, &token).await, StatusCode::FORBIDDEN, "another session's token");
    let theirs = other.form_token().await;
    assert_eq!(sent(&other, own, &theirs).await, StatusCode::FORBIDDEN, "another service");
    assert_eq!(kinds(&fleet, "shop").await.len(), before, "nothing was written");
    assert_eq!(sent(&browser, own, &token).await, StatusCode::SEE_OTHER);
    assert_eq!(kinds(&fleet, "shop").await.len(), before + 1);
}

#[tokio::test(start_paused = true)]
async fn holds_freezes_and_waivers_are_said_and_taken_back() {
    let fleet = fleet(0).await;
    let router = router(&fleet.site);
    let browser = Browser::signed_in(&router, &fleet.all).await;
    let token = browser.form_token().await;
    let token = token.as_str();
    let page = browser
        .post(
            "/services/shop/freeze",
            &[
                ("form_token", token),
                ("environment", "production"),
                ("until", "2026-11-19T10:00:00Z"),
                ("reason", "inventory"),
            ],
        )
        .await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text());
    let shown = browser.get("/services/shop").await.text();
    assert!(shown.contains("inventory") && shown.contains("Lift it"), "{shown}");
    let at = shown.find("/services/shop/lift").expect("it can be lifted");
    let event = field(&shown[at..], "event").expect("its number");
    let lift = [("form_token", token), ("event", event.as_str()), ("reason", "done")];
    assert_eq!(browser.post("/services/shop/lift", &lift).await.status, StatusCode::SEE_OTHER);
    assert!(!browser.get("/services/shop").await.text().contains("inventory"));
    let waive = [
        ("form_token", token),
        ("rule", "evidence"),
        ("check", "home"),
        ("target", "nl-k8s"),
        ("reason", "known"),
        ("until", "2026-11-25T10:00"),
    ];
    let page = browser.post("/waive/planet4@1.23/production", &waive).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text());
    assert!(browser.get("/gate/planet4@1.23/production").await.text().contains("“known”"));
    let blank = [("form_token", token), ("reason", "  ")];
    let page = browser.post("/services/shop/hold", &blank).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.is_html(), "an error is a page too");
}

#[tokio::test(start_paused = true)]
async fn who_really_opened_the_pictures_is_written_down_and_counts() {
    let fleet = fleet(0).await;
    let router = router(&fleet.site);
    let run = format!("/runs/{}", fleet.pictured);
    let opened = async |fleet: &crate::fleet::Fleet| {
        let all = kinds(fleet, "planet4").await;
        all.iter().filter(|kind| matches!(kind, EventKind::PicturesOpened { .. })).count()
    };
    Browser::new(&router).get(&run).await;
    assert_eq!(opened(&fleet).await, 0, "nobody signed in, nobody to be written down");
    let browser = Browser::signed_in(&router, &fleet.all).await;
    let sign_off = "/sign-off/planet4@1.23/production";
    let before = browser.get(sign_off).await.text();
    assert!(before.contains("not opened by you"), "{before}");
    assert_eq!(opened(&fleet).await, 0, "the small pictures beside the form do not count");
    browser.get(&run).await;
    assert_eq!(opened(&fleet).await, 1);
    assert!(browser.get(sign_off).await.text().contains("opened by you"));
    let token = browser.form_token().await;
    let fields =
        [("form_token", token.as_str()), ("site", "nl"), ("role", "editors"), ("note", "fine")];
    let page = browser.post(sign_off, &fields).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text());
    let after = browser.get(sign_off).await.text();
    assert!(after.contains("signed by release-manager as editors"), "{after}");
    assert!(after.contains("1 of 3 sites of planet4@1.23 is signed."), "{after}");
}

#[tokio::test(start_paused = true)]
async fn a_promotion_is_begun_by_its_name_and_ended_by_its_name() {
    let fleet = fleet(0).await;
    let router = router(&fleet.site);
    let browser = Browser::signed_in(&router, &fleet.all).await;
    let token = browser.form_token().await;
    // 2.2 was begun and left: it is ended from the page, and goes back.
    let service = browser.get("/services/shop").await.text();
    let start = service.find("/promotions/p-").expect("one is under way");
    let id: String = service[start..].split('"').next().expect("an address").to_owned();
    let page = browser.get(&id).await;
    assert!(page.text().contains("data-live=\"/live?after="), "something moves");
    assert!(page.text().contains("Nobody drives it"));
    let abort = format!("{id}/abort");
    let fields = |name_: &str| {
        vec![
            ("form_token", token.clone()),
            ("reason", "enough".to_owned()),
            ("name", name_.to_owned()),
        ]
    };
    let send = async |path: &str, fields: Vec<(&'static str, String)>| {
        let fields: Vec<_> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
        browser.post(path, &fields).await
    };
    let wrong = send(&abort, fields("shop")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "the whole name is asked for");
    assert_eq!(send(&abort, fields("shop/production")).await.status, StatusCode::SEE_OTHER);
    tokio::time::sleep(std::time::Duration::from_secs(600)).await;
    let page = browser.get(&id).await;
    assert!(!page.text().contains("data-live"), "it is over");
    // Again, from the gate.
    let promote = "/promote/shop@2.2/production";
    let confirm = browser.get(promote).await;
    let text = confirm.text();
    assert!(confirm.status.is_success() || confirm.status == StatusCode::SEE_OTHER, "{text}");
    let Some(mark) = field(&text, "plan") else {
        assert_eq!(confirm.header("location"), "/gate/shop@2.2/production");
        return;
    };
    assert!(text.contains("wave 1") && text.contains("way back"));
    let begin = |plan: &str| {
        vec![
            ("form_token", token.clone()),
            ("name", "shop/production".to_owned()),
            ("plan", plan.to_owned()),
        ]
    };
    let other = send(promote, begin("sha256:00")).await;
    assert!(other.text().contains("The plan is another one now"));
    let begun = send(promote, begin(&mark)).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text());
    let place = begun.header("location");
    assert!(place.starts_with("/promotions/p-"), "{place}");
    tokio::time::sleep(std::time::Duration::from_secs(7_200)).await;
    let page = browser.get(&place).await.text();
    assert!(page.contains("verified good"), "{page}");
}

#[tokio::test(start_paused = true)]
async fn a_session_changes_nothing_by_the_api_from_another_site() {
    let fleet = fleet(0).await;
    let router = router(&fleet.site);
    let browser = Browser::signed_in(&router, &fleet.all).await;
    let fields = [("target", "shop/staging/nl-vm"), ("check", "home"), ("outcome", "passed")];
    for path in ["/api/v1/results", "/api/v1/holds", "/api/v1/gate"] {
        for elsewhere in ["http://plimsoll.example:9999", "https://evil.example", "null"] {
            let answer = browser.post_from(elsewhere, path, &fields).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} from {elsewhere}");
            assert!(answer.text().contains("\"forged\""), "{}", answer.text());
        }
        let here = browser.post(path, &fields).await;
        assert_ne!(here.status, StatusCode::FORBIDDEN, "{path}: {}", here.text());
    }
}
