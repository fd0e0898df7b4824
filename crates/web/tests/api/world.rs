//! A server over the fleet in memory, and somebody who asks it.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use plimsoll_core::catalog::{Catalog, CheckKind, ReportedCheck, Service, Trust};
use plimsoll_core::ids::LaneId;
use plimsoll_core::record::{Permission, Scope, Token};
use plimsoll_engine::desk::{Desk, Parts, Request as Move};
use plimsoll_engine::tasks::{AdoptRequest, Drivers, VerifyRequest, WithDrivers, Works};
use plimsoll_sim::{Shape, Sim};
use plimsoll_web::caller::{Secret, TOKEN_PREFIX};
use plimsoll_web::{Settings, Site, Web, router};
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// Tells a story to its end. Time passes only when everybody waits.
pub fn tell<T>(story: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(story)
}

/// A server, and the token of an administrator who may do everything.
pub struct World {
    pub sim: Sim,
    pub site: Web,
    pub router: Router,
    pub token: String,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The answer, which must have this status.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    /// The problem, which must have this status and code.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Value {
        let answer = self.is(status);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let problem = answer.json();
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["status"], status);
        problem
    }
}

impl World {
    /// 1.22 runs everywhere and was verified; 1.23 is on staging and was checked there.
    pub async fn staged(seed: u64) -> Self {
        Self::of(Sim::new(seed, &Shape::default()), false).await
    }

    /// The same, where everybody may look.
    pub async fn open(seed: u64) -> Self {
        Self::of(Sim::new(seed, &Shape::default()), true).await
    }

    /// The same, where tokens of a forge are accepted.
    pub async fn trusting(seed: u64, trust: Trust) -> Self {
        let mut sim = Sim::new(seed, &Shape::default());
        sim.reconfigure(|catalog| {
            catalog.trust.insert("forge".parse().unwrap(), trust);
        });
        Self::of(sim, false).await
    }

    /// The same, where a load test of others is expected on staging too, which nobody reported yet.
    pub async fn with_reports(seed: u64) -> Self {
        let world = Self::of(Sim::new(seed, &Shape::default()), false).await;
        world.expect_reports();
        world
    }

    /// From now on the load test is expected.
    pub fn expect_reports(&self) {
        self.reconfigure(|catalog| {
            let service = catalog.services.get_mut("planet4").unwrap();
            let mut check = service.checks.values().next().unwrap().clone();
            check.kind = CheckKind::Reported(ReportedCheck::default());
            check.only.environments = ["staging".parse().unwrap()].into();
            service.checks.insert("load-test".parse().unwrap(), check);
        });
    }

    /// From now on only holders of this role may report the load test.
    pub fn reported_by(&self, role: &str, people: &[&str]) {
        self.reconfigure(|catalog| {
            let people = people.iter().map(|name| name.parse().unwrap()).collect();
            catalog.roles.insert(role.parse().unwrap(), people);
            let service = catalog.services.get_mut("planet4").unwrap();
            let check = service.checks.get_mut("load-test").unwrap();
            let by = [role.parse().unwrap()].into();
            check.kind = CheckKind::Reported(ReportedCheck { by, ..ReportedCheck::default() });
        });
    }

    /// From now on there is a second service, `data8`, that has the same targets.
    pub fn also_data8(&self) {
        self.reconfigure(|catalog| {
            let name = "data8".parse::<plimsoll_core::ids::ServiceName>().unwrap();
            let service = Service { name: name.clone(), ..catalog.services["planet4"].clone() };
            catalog.services.insert(name, service);
        });
    }

    fn reconfigure(&self, edit: impl FnOnce(&mut Catalog)) {
        let desk = self.site.desk();
        let mut catalog = desk.catalog().clone();
        edit(&mut catalog);
        self.site.exchange(Arc::new(desk.under(desk.parts().clone(), Arc::new(catalog))));
    }

    /// The same over a fleet whose configuration was changed before.
    pub async fn over(sim: Sim) -> Self {
        Self::of(sim, false).await
    }

    async fn of(mut sim: Sim, open_read: bool) -> Self {
        sim.reconfigure(|catalog| {
            let people = ["release-manager".parse().unwrap()].into();
            catalog.roles.insert("editors".parse().unwrap(), people);
            let production = "production".parse().unwrap();
            catalog.branches.insert("production".parse().unwrap(), production);
        });
        sim.runs_everywhere("staging", "1.22");
        sim.runs_everywhere("production", "1.22");
        let (before, candidate) = (sim.release("1.22"), sim.release("1.23"));
        let desk = sim.start_process();
        desk.add_release(before.clone()).await.unwrap();
        for environment in ["staging", "production"] {
            let request = AdoptRequest {
                release: before.id.clone(),
                lane: sim.lane(environment),
                targets: BTreeSet::new(),
                by: sim.person(),
            };
            desk.adopt(&request).await.unwrap();
        }
        desk.add_release(candidate.clone()).await.unwrap();
        deploy(&desk, &sim, "1.23").await;
        verify(&desk, &sim.lane("staging"), "1.23").await;
        let drivers = Arc::new(Drivers::default());
        let parts = desk.parts().clone();
        let presence =
            Arc::new(WithDrivers::new(drivers.clone(), &parts.driver, parts.presence.clone()));
        let desk = Arc::new(desk.under(Parts { presence, ..parts }, desk.shared_catalog()));
        let settings = Settings { open_read, base_url: None, version: "0.0.0".to_owned() };
        let site = Arc::new(Site::new(desk, Works::new(drivers), settings));
        let router = router(&site);
        let mut world = Self { sim, site, router, token: String::new() };
        world.token = world.token_for("all", None, &Permission::ALL).await;
        world
    }

    /// A token for these services and verbs.
    pub async fn token_for(
        &self,
        name: &str,
        services: Option<&[&str]>,
        permissions: &[Permission],
    ) -> String {
        let secret = Secret::random(TOKEN_PREFIX).unwrap();
        let services = services.map(|all| all.iter().map(|one| one.parse().unwrap()).collect());
        let token = Token {
            name: name.parse().unwrap(),
            person: self.sim.person(),
            scope: Scope { services, permissions: permissions.iter().copied().collect() },
            hash: secret.hash(),
            until: "2099-01-01T00:00:00Z".parse().unwrap(),
        };
        self.site.desk().create_token(&token, &self.sim.person()).await.unwrap();
        secret.reveal().to_owned()
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, text }
    }

    /// A request with a token and headers.
    pub fn request(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Request<Body> {
        self.request_with(method, path, headers, Body::empty())
    }

    pub fn request_with(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Request<Body> {
        let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        if !headers.iter().any(|(name, _)| *name == "authorization") {
            request = request.header("authorization", format!("Bearer {}", self.token));
        }
        for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
            request = request.header(*name, *value);
        }
        request.body(body).unwrap()
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path, &[])).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request("DELETE", path, &[])).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_with(path, &[], body).await
    }

    pub async fn post_with(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let all = [&[("content-type", "application/json")], headers].concat();
        self.send(self.request_with("POST", path, &all, Body::from(body.to_string()))).await
    }

    /// Starts the promotion of 1.23 to production, and gives its number.
    pub async fn promote(&self) -> String {
        let body = json!({
            "release": "planet4@1.23", "to": "production", "confirm": "planet4/production",
        });
        let started = self.post("/promotions", &body).await.is(201);
        started.json()["id"].as_str().unwrap().to_owned()
    }

    /// Waits until nothing is under way on production, and tells how the last promotion ended.
    pub async fn ended(&self) -> String {
        let lane = self.sim.lane("production");
        self.site.works.ended(&lane).await;
        let all = self.get("/promotions?service=planet4&environment=production").await.is(200);
        all.json()["promotions"][0]["state"].as_str().unwrap().to_owned()
    }
}

async fn deploy(desk: &Desk, sim: &Sim, version: &str) {
    let (lane, by) = (sim.lane("staging"), sim.person());
    let release = desk.release(&sim.release_id(version)).await.unwrap();
    let request = Move { lane: &lane, only: &BTreeSet::new(), by: &by };
    let plan = desk.plan_deployment(&request, &release).await.unwrap();
    desk.start(&plan, Vec::new()).await.unwrap();
    desk.drive(&lane).await.unwrap();
}

async fn verify(desk: &Desk, lane: &LaneId, version: &str) {
    let request = VerifyRequest {
        lane: lane.clone(),
        version: version.parse().unwrap(),
        targets: BTreeSet::new(),
        checks: BTreeSet::new(),
        marks_good: true,
    };
    desk.verify(&request).await.unwrap();
}
