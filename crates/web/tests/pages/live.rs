//! A page on which something moves hears that something happened, and of nothing else.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use plimsoll_web::caller::Secret;
use plimsoll_web::router;
use tower::ServiceExt as _;

use crate::fleet::fleet;

/// What is told first to whoever has this token and asks for this.
async fn told(router: &Router, token: &Secret, path: &str) -> (StatusCode, String) {
    let request = Request::get(path)
        .header(header::AUTHORIZATION, format!("Bearer {}", token.reveal()))
        .body(Body::empty())
        .expect("a request");
    let response = router.clone().oneshot(request).await.expect("never fails");
    let (status, mut body) = (response.status(), response.into_body());
    let mut text = String::new();
    // The greeting, and what comes after it.
    for _ in 0..2 {
        let Some(Ok(frame)) = body.frame().await else { break };
        text.push_str(&String::from_utf8_lossy(frame.data_ref().expect("bytes")));
    }
    (status, text)
}

#[tokio::test(start_paused = true)]
async fn a_page_hears_that_something_happened_of_what_it_may_see() {
    let fleet = fleet(0).await;
    let router = router(&fleet.site);
    let (status, text) = told(&router, &fleet.all, "/live?after=0&service=shop").await;
    assert_eq!(status, StatusCode::OK);
    assert!(text.contains("\ndata: "), "{text}");
    assert!(!text.contains("shop") && !text.contains('{'), "no more than that: {text}");

    let (status, text) = told(&router, &fleet.some, "/live?after=0&service=shop").await;
    assert_eq!(status, StatusCode::FORBIDDEN, "{text}");
    let (status, _) = told(&router, &fleet.all, "/live?after=99999999").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(start_paused = true)]
async fn a_page_that_is_far_behind_hears_it_once() {
    let fleet = fleet(40).await;
    let (head, _) = fleet.site.desk().parts().ledger.head().await.expect("it is there");
    assert!(head.0 > 300, "a story of {head} events");
    let router = router(&fleet.site);
    let (_, text) = told(&router, &fleet.all, "/live?after=1").await;
    assert!(text.contains(&format!("id: {head}\ndata: {head}\n\n")), "{text}");
    assert_eq!(text.matches("data: ").count(), 1, "{text}");
}
