//! Asking for pages, as a browser does.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use plimsoll_web::caller::Secret;
use tower::ServiceExt as _;

/// What came back.
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Page {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> String {
        let value = self.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    }

    pub fn is_html(&self) -> bool {
        self.header("content-type").starts_with("text/html")
    }
}

/// A browser with at most one session.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    cookie: Option<String>,
}

impl Browser {
    pub fn new(router: &Router) -> Self {
        Self { router: router.clone(), cookie: None }
    }

    /// Signs in with a token.
    pub async fn signed_in(router: &Router, token: &Secret) -> Self {
        let nobody = Self::new(router);
        let page = nobody.post("/sign-in", &[("token", token.reveal()), ("next", "/")]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text());
        let set = page.header("set-cookie");
        assert!(set.contains("HttpOnly") && set.contains("SameSite=Strict"), "{set}");
        let cookie = set.split(';').next().map(str::to_owned);
        Self { cookie, ..nobody }
    }

    pub async fn get(&self, path: &str) -> Page {
        let mut request = Request::get(path).header(header::HOST, "plimsoll.example");
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        self.send(request.body(Body::empty()).expect("a request")).await
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.post_from("http://plimsoll.example", path, fields).await
    }

    pub async fn post_from(&self, origin: &str, path: &str, fields: &[(&str, &str)]) -> Page {
        let body: Vec<String> =
            fields.iter().map(|(key, value)| format!("{key}={}", encoded(value))).collect();
        let mut request = Request::post(path)
            .header(header::HOST, "plimsoll.example")
            .header(header::ORIGIN, origin)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        self.send(request.body(Body::from(body.join("&"))).expect("a request")).await
    }

    async fn send(&self, request: Request<Body>) -> Page {
        let response = self.router.clone().oneshot(request).await.expect("never fails");
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("a body").to_bytes().to_vec();
        Page { status: parts.status, headers: parts.headers, body }
    }

    /// The token that forms of this session send along.
    pub async fn form_token(&self) -> String {
        let page = self.get("/").await.text();
        field(&page, "form_token").expect("whoever is signed in can sign out")
    }
}

/// The value of a hidden field.
pub fn field(page: &str, name: &str) -> Option<String> {
    let at = page.find(&format!("name=\"{name}\" value=\""))?;
    let rest = &page[at..];
    let value = rest.split("value=\"").nth(1)?;
    Some(value.split('"').next()?.to_owned())
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Every value of an attribute, as the markup has it.
pub fn attributes(page: &str, name: &str) -> Vec<String> {
    let start = format!(" {name}=\"");
    page.split(&start)
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(|text| text.replace("&amp;", "&").replace("&quot;", "\"").replace("&#39;", "'"))
        .collect()
}
