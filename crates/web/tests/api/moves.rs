//! What moves targets, and what finds out about them.

use plimsoll_core::digest::Digest;
use plimsoll_core::record::{Entry, EntryKind, Manifest, Permission};
use serde_json::json;

use crate::world::{World, tell};

#[test]
fn a_promotion_is_planned_confirmed_and_carried_out() {
    tell(async {
        let world = World::staged(21).await;
        let mut body = json!({ "release": "planet4@1.23", "to": "production", "dry-run": true });
        let plan = world.post("/promotions", &body).await.is(200).json();
        assert_eq!(plan["kind"], "promotion");
        body["dry-run"] = json!(false);
        world.post("/promotions", &body).await.refused(422, "not-confirmed");
        body["confirm"] = json!("planet4/staging");
        world.post("/promotions", &body).await.refused(422, "not-confirmed");
        body["confirm"] = json!("planet4/production");
        let started = world.post("/promotions", &body).await.is(201);
        let place = started.header("location").trim_start_matches("/api/v1").to_owned();
        assert_eq!(place, format!("/promotions/{}", started.json()["id"].as_str().unwrap()));
        let story = world.get(&place).await.is(200).json();
        assert_eq!(story["driven"], true);
        world.post("/promotions", &body).await.refused(409, "refused");
        assert_eq!(world.ended().await, "verified-good");
        let nothing = world.post("/promotions", &body).await.is(200).json();
        assert_eq!(nothing["state"], "nothing-to-do");
    });
}

#[test]
fn what_the_gate_refuses_is_answered_with_the_decision() {
    tell(async {
        let world = World::staged(22).await;
        world.post("/holds", &json!({ "service": "planet4", "reason": "no" })).await.is(201);
        let body = json!({
            "release": "planet4@1.23", "to": "production", "confirm": "planet4/production",
        });
        let refused = world.post("/promotions", &body).await.is(409);
        assert_eq!(refused.header("content-type"), "application/json");
        assert_eq!(refused.json()["decision"], "refused");
    });
}

#[test]
fn a_promotion_that_is_aborted_goes_back_and_a_rollback_ends_what_is_under_way() {
    tell(async {
        let world = World::staged(23).await;
        let id = world.promote().await;
        let body = json!({ "reason": "search is slow" });
        world.post(&format!("/promotions/{id}/abort"), &body).await.is(202);
        let state = world.ended().await;
        assert!(["rolled-back", "withdrawn"].contains(&state.as_str()), "{state}");
        world.post(&format!("/promotions/{id}/abort"), &body).await.refused(409, "refused");
        let id = {
            let waive = json!({
                "release": "planet4@1.23", "rule": "rolled-back", "reason": "we asked for it",
                "until": "2098-01-01T00:00:00Z",
            });
            world.post("/waivers", &waive).await.is(201);
            world.promote().await
        };
        let back = json!({
            "service": "planet4", "environment": "production", "reason": "search is slow",
            "confirm": "planet4/production",
        });
        let answer = world.post("/rollbacks", &back).await.is(202).json();
        assert_eq!(answer["id"], id);
        world.ended().await;
    });
}

#[test]
fn a_rollback_goes_to_what_was_verified_good() {
    tell(async {
        let world = World::staged(24).await;
        world.promote().await;
        assert_eq!(world.ended().await, "verified-good");
        let mut back = json!({
            "service": "planet4", "environment": "production", "reason": "search is slow",
        });
        world.post("/rollbacks", &back).await.refused(422, "not-confirmed");
        back["confirm"] = json!("planet4/production");
        world.post("/rollbacks", &back).await.is(201);
        world.ended().await;
        let target = world.get("/targets/planet4/production/nl-vm").await.is(200).json();
        assert_eq!(target["version"], "1.22");
    });
}

#[test]
fn a_verification_is_begun_and_looked_at_until_it_has_ended() {
    tell(async {
        let world = World::staged(25).await;
        let body = json!({ "release": "planet4@1.23", "on": "staging" });
        let begun = world.post("/verifications", &body).await.is(202);
        let view = begun.json();
        assert_eq!(view["ended"], false);
        assert_eq!(view["found"]["verified"], false, "what is not there yet is no pass");
        let place = begun.header("location").trim_start_matches("/api/v1").to_owned();
        let last = loop {
            let view = world.get(&place).await.is(200).json();
            if view["ended"] == true {
                break view;
            }
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        };
        assert_eq!(last["found"]["verified"], true, "{last}");
        assert_eq!(last["expected"], last["found"]["results"].as_array().unwrap().len());
        let wrong = json!({ "release": "planet4@1.23", "on": "staging", "checks": ["nonsense"] });
        world.post("/verifications", &wrong).await.refused(404, "not-found");
    });
}

#[test]
fn what_people_have_put_off_is_a_known_failure_here_as_on_the_command_line() {
    tell(async {
        let world = World::staged(30).await;
        world.sim.is_bad("1.23", "home", "staging/nl-vm");
        let verified = async || {
            let body = json!({ "release": "planet4@1.23", "on": "staging", "checks": ["home"] });
            let begun = world.post("/verifications", &body).await.is(202);
            let place = begun.header("location").trim_start_matches("/api/v1").to_owned();
            loop {
                let view = world.get(&place).await.is(200).json();
                if view["ended"] == true {
                    break view["found"].clone();
                }
                tokio::time::sleep(std::time::Duration::from_millis(200)).await;
            }
        };
        let red = verified().await;
        assert_eq!(
            (&red["verified"], &red["counts"]["failed"]),
            (&false.into(), &1.into()),
            "{red}"
        );
        let put_off = json!({
            "service": "planet4", "check": "home", "from": "planet4/staging/nl-vm",
            "ticket": "https://tickets.example/7", "until": "2097-01-01T00:00:00Z",
        });
        world.post("/known-failures", &put_off).await.is(201);
        let known = verified().await;
        assert_eq!(known["verified"], true, "{known}");
        assert_eq!(known["counts"]["known-failure"], 1, "{known}");
        let cells = known["results"].as_array().unwrap();
        let here = cells.iter().find(|one| one["target"] == "nl-vm").unwrap();
        assert_eq!(here["state"], "known-failure", "{here}");
    });
}

#[test]
fn plimsoll_deploys_only_where_there_is_no_gate() {
    tell(async {
        let world = World::staged(26).await;
        let body = json!({ "release": "planet4@1.22", "to": "staging" });
        world.post("/deployments", &body).await.is(201);
        world.site.works.ended(&world.sim.lane("staging")).await;
        let target = world.get("/targets/planet4/staging/nl-vm").await.is(200).json();
        assert_eq!(target["version"], "1.22");
        let body = json!({ "release": "planet4@1.23", "to": "production" });
        world.post("/deployments", &body).await.refused(409, "refused");
    });
}

#[test]
fn what_somebody_else_deployed_is_believed_when_it_is_observed() {
    tell(async {
        let world = World::staged(27).await;
        let token = world.token_for("ci", Some(&["planet4"]), &[Permission::Report]).await;
        let bearer = format!("Bearer {token}");
        let report = async |version: &str| {
            let body = json!({ "release": format!("planet4@{version}"), "on": "staging" });
            let headers = [("authorization", bearer.as_str())];
            world.post_with("/deployments/reported", &headers, &body).await
        };
        report("1.24").await.refused(409, "refused");
        world.sim.runs_everywhere("staging", "1.24");
        let view = report("1.24").await.is(201).json();
        assert_eq!(view["targets"].as_array().unwrap().len(), 6);
        assert!(view["unknown"][0].as_str().unwrap().contains("somebody else's deployer"));
        let id = view["id"].as_str().unwrap();
        let shown = world.get(&format!("/deployments/{id}?target=nl-k8s")).await.is(200).json();
        assert_eq!((&shown["adopted"], &shown["version"]), (&true.into(), &"1.24".into()));
        let deploys = json!({ "release": "planet4@1.23", "to": "staging" });
        let headers = [("authorization", bearer.as_str())];
        world.post_with("/deployments", &headers, &deploys).await.refused(403, "not-allowed");
    });
}

#[test]
fn a_directory_that_is_not_what_its_list_says_is_refused_when_it_is_named() {
    tell(async {
        let world = World::staged(29).await;
        let put = async |content: Vec<u8>| {
            let digest = Digest::of(&content);
            let headers = [("content-type", "application/octet-stream")];
            let path = format!("/blobs/{digest}");
            world.send(world.request_with("PUT", &path, &headers, content.into())).await.is(201);
            digest
        };
        let name = async |list: Vec<u8>| {
            let digest = put(list).await.to_string();
            let body = json!({
                "release": "planet4@1.24",
                "artifacts": [{ "kind": "directory", "name": "site", "digest": digest }],
            });
            world.post("/releases", &body).await
        };
        let digest = put(b"the page".to_vec()).await;
        let list = |bytes: u64| {
            let kind = EntryKind::File { digest, bytes, executable: false };
            Manifest::of(vec![Entry { path: "index.html".to_owned(), kind }])
        };
        let problem = name(list(7).to_bytes()).await.refused(422, "wrong");
        let words = problem["detail"].as_str().unwrap();
        assert!(words.contains("`index.html` has 7 bytes, and it has 8"), "{words}");
        let spread = serde_json::to_vec_pretty(&list(8)).unwrap();
        name(spread).await.refused(422, "wrong");
        name(list(8).to_bytes()).await.is(201);
    });
}

#[test]
fn a_release_is_named_once_and_its_files_are_there_before() {
    tell(async {
        let world = World::staged(28).await;
        let digest = Digest::of(b"the site");
        let naming = |notes: &str, digest: &Digest| {
            json!({
                "release": "planet4@1.24",
                "artifacts": [{ "kind": "file", "name": "site", "digest": digest.to_string() }],
                "notes": notes,
            })
        };
        world.post("/releases", &naming("", &digest)).await.refused(409, "not-uploaded");
        let put = |path: String, body: &'static str| {
            let headers = [("content-type", "application/octet-stream")];
            world.request_with("PUT", &path, &headers, body.into())
        };
        let wrong = put(format!("/blobs/{digest}"), "another site");
        world.send(wrong).await.refused(422, "wrong");
        world.post("/releases", &naming("", &digest)).await.refused(409, "not-uploaded");
        world.send(put(format!("/blobs/{digest}"), "the site")).await.is(201);
        let added = world.post("/releases", &naming("", &digest)).await.is(201);
        assert_eq!(added.header("location"), "/api/v1/releases/planet4@1.24");
        assert_eq!(added.json()["artifacts"][0]["kept"], true);
        world.post("/releases", &naming("", &digest)).await.is(200);
        let other = Digest::of(b"another site");
        world.send(put(format!("/blobs/{other}"), "another site")).await.is(201);
        world.post("/releases", &naming("", &other)).await.refused(409, "refused");
        let nothing = json!({ "release": "planet4@1.25", "artifacts": [] });
        world.post("/releases", &nothing).await.refused(422, "wrong");
    });
}
