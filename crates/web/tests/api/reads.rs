//! What is so, asked for.

use plimsoll_core::record::Permission;

use crate::world::{World, tell};

#[test]
fn the_board_a_service_and_a_target_say_what_runs() {
    tell(async {
        let world = World::staged(1).await;
        let board = world.get("/services").await.is(200).json();
        assert_eq!(board["services"][0]["service"], "planet4");
        let service = world.get("/services/planet4").await.is(200).json();
        assert_eq!(service["environments"][0]["targets"][0]["version"], "1.23");
        let target = world.get("/targets/planet4/production/nl-vm").await.is(200).json();
        assert_eq!((&target["target"], &target["version"]), (&"nl-vm".into(), &"1.22".into()));
        world.get("/services/nonsense").await.refused(404, "not-found");
        world.get("/targets/planet4/production/nonsense").await.refused(404, "not-found");
        world.get("/services/..%2f..%2fetc").await.refused(404, "not-found");
        world.get("/services/a%2fb").await.refused(422, "wrong");
        world.get("/services?nonsense=1").await.refused(422, "wrong");
    });
}

#[test]
fn a_token_for_one_service_sees_no_other_and_is_told_both_names() {
    tell(async {
        let world = World::staged(2).await;
        let token = world.token_for("labs", Some(&["planet4"]), &[Permission::Read]).await;
        let bearer = format!("Bearer {token}");
        let ask = async |path: &str| {
            world.send(world.request("GET", path, &[("authorization", &bearer)])).await
        };
        ask("/services/planet4").await.is(200);
        let problem = ask("/services/shop").await.refused(403, "not-allowed");
        let words = problem["detail"].as_str().unwrap();
        assert!(words.contains("planet4") && words.contains("shop"), "{words}");
        assert!(!ask("/history").await.is(200).json()["events"].as_array().unwrap().is_empty());
        ask("/tokens").await.refused(403, "not-allowed");
        ask("/releases?service=shop").await.refused(403, "not-allowed");
    });
}

#[test]
fn releases_come_page_by_page() {
    tell(async {
        let world = World::staged(3).await;
        let first = world.get("/releases?service=planet4&limit=1").await.is(200);
        assert_eq!(first.json()["releases"][0]["release"], "planet4@1.23");
        let link = first.header("link").to_owned();
        let next = link.split(['<', '>']).nth(1).unwrap().trim_start_matches("/api/v1").to_owned();
        let second = world.get(&next).await.is(200);
        assert_eq!(second.json()["releases"][0]["release"], "planet4@1.22");
        assert_eq!(second.header("link"), "");
        world.get("/releases?service=planet4&limit=0").await.refused(422, "wrong");
        world.get("/releases/planet4@9").await.refused(404, "not-found");
        let one = world.get("/releases/planet4@1.22").await.is(200).json();
        assert_eq!(one["artifacts"][0]["kind"], "named");
    });
}

#[test]
fn the_history_goes_on_where_it_stopped() {
    tell(async {
        let world = World::staged(4).await;
        let mut seen = Vec::new();
        let mut path = "/history?limit=3&all=true".to_owned();
        loop {
            let page = world.get(&path).await.is(200);
            let events = page.json()["events"].as_array().unwrap().clone();
            seen.extend(events.iter().map(|event| event["seq"].as_u64().unwrap()));
            match page.header("link").split(['<', '>']).nth(1) {
                Some(next) => path = next.trim_start_matches("/api/v1").to_owned(),
                None => break,
            }
        }
        let all: Vec<u64> = (1..=world.sim.events().len() as u64).rev().collect();
        assert_eq!(seen, all);
        world.get("/history?before=9223372036854775807").await.is(200);
        world.get("/history?before=9223372036854775808").await.refused(422, "wrong");
    });
}

#[test]
fn a_decision_a_run_and_a_deployment_are_shown_whole() {
    tell(async {
        let world = World::staged(5).await;
        let gate = world.get("/gate?release=planet4@1.23&to=production").await.is(200).json();
        let id = gate["id"].as_str().unwrap();
        let decision = world.get(&format!("/decisions/{id}")).await.is(200).json();
        assert_eq!(decision["requirements"], gate["requirements"]);
        let evidence = gate["requirements"].as_array().unwrap();
        let run = evidence.iter().find(|one| one["evidence"]["kind"] == "run").unwrap();
        let run = run["evidence"]["id"].as_str().unwrap();
        let shown = world.get(&format!("/runs/{run}")).await.is(200).json();
        assert_eq!((&shown["version"], &shown["state"]), (&"1.23".into(), &"satisfied".into()));
        let deployment = shown["deployment"].as_str().unwrap();
        let shown = world.get(&format!("/deployments/{deployment}")).await.is(200).json();
        assert_eq!(shown["output"], "simulated");
        world.get("/runs/r-1").await.refused(404, "not-found");
        world.get("/decisions/g-99999").await.refused(404, "not-found");
        world.get("/runs/1").await.refused(422, "wrong");
    });
}

#[test]
fn what_has_not_changed_is_not_sent_again() {
    tell(async {
        let world = World::staged(6).await;
        for path in [
            "/services",
            "/services/planet4",
            "/history",
            "/waivers?service=planet4",
            "/releases/planet4@1.22",
        ] {
            let first = world.get(path).await.is(200);
            let tag = first.header("etag").to_owned();
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            let asked = world.request("GET", path, &[("if-none-match", &tag)]);
            let again = world.send(asked).await.is(304);
            assert_eq!((again.text.as_str(), again.header("etag")), ("", tag.as_str()), "{path}");
        }
        let tag = world.get("/history").await.header("etag").to_owned();
        let hold = serde_json::json!({ "service": "planet4", "reason": "we look at it" });
        world.post("/holds", &hold).await.is(201);
        let asked = world.request("GET", "/history", &[("if-none-match", &tag)]);
        world.send(asked).await.is(200);
    });
}
