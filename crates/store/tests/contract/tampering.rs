//! Each fault is made by hand in the database, found, and named.

use plimsoll_core::digest::Digest;
use plimsoll_core::event::{ChainFault, link_hash};
use plimsoll_core::ids::Seq;
use plimsoll_store::{Store, VerifyError, open, open_to_inspect};

use crate::ground::{Ground, fill, on_both, people, saying, unusable, verified};

on_both!(
    changed_content_is_found,
    a_changed_time_is_found,
    a_changed_author_is_found,
    a_hidden_event_is_found,
    a_missing_event_is_found,
    swapped_events_are_found,
    missing_last_events_are_found,
    an_event_added_at_the_end_is_found,
    an_event_put_between_others_is_found,
    a_last_event_that_was_hashed_again_is_found,
    a_forged_version_is_found,
    an_unknown_event_is_refused_and_named,
    an_honest_mistake_by_hand_is_refused,
    a_ledger_whose_end_was_cut_off_is_neither_opened_nor_appended_to,
    a_ledger_with_more_than_was_written_is_neither_opened_nor_appended_to,
    a_ledger_whose_last_event_was_replaced_is_neither_opened_nor_appended_to,
    a_ledger_that_lost_every_event_is_neither_opened_nor_appended_to,
);

const EVENTS: u64 = 10;

async fn fault_after(ground: &Ground, sql: &str) -> ChainFault {
    let store = ground.open().await;
    fill(&*store, EVENTS).await;
    assert_eq!(verified(&*store).await, EVENTS);
    ground.tamper(sql).await;
    found(&*store).await
}

async fn found(store: &dyn Store) -> ChainFault {
    match store.verify(&|_, _| {}).await {
        Err(VerifyError::Chain(fault)) => fault,
        other => panic!("not found: {other:?}"),
    }
}

async fn changed_content_is_found(ground: &Ground) {
    let sql = "UPDATE events SET kind = replace(kind, 'reason 4', 'reason X') WHERE seq = 4";
    assert_eq!(fault_after(ground, sql).await, ChainFault::Changed { seq: 4 });
}

async fn a_changed_time_is_found(ground: &Ground) {
    let sql = "UPDATE events SET at = '2020-01-01T00:00:00Z' WHERE seq = 5";
    assert_eq!(fault_after(ground, sql).await, ChainFault::Changed { seq: 5 });
}

async fn a_changed_author_is_found(ground: &Ground) {
    let sql = "UPDATE events SET actor = '\"plimsoll\"' WHERE seq = 1";
    assert_eq!(fault_after(ground, sql).await, ChainFault::Changed { seq: 1 });
}

async fn a_hidden_event_is_found(ground: &Ground) {
    let sql = "UPDATE events SET service = 'elsewhere' WHERE seq = 2";
    assert_eq!(fault_after(ground, sql).await, ChainFault::Changed { seq: 2 });
}

async fn a_missing_event_is_found(ground: &Ground) {
    let fault = fault_after(ground, "DELETE FROM events WHERE seq = 6").await;
    assert_eq!(fault, ChainFault::Missing { missing: 6, before: 5, found: 7 });
}

async fn swapped_events_are_found(ground: &Ground) {
    let sql = "UPDATE events SET seq = 99 WHERE seq = 3; UPDATE events SET seq = 3 WHERE seq = 4; \
               UPDATE events SET seq = 4 WHERE seq = 99";
    assert_eq!(fault_after(ground, sql).await, ChainFault::Reordered { seq: 3, before: 2 });
}

async fn missing_last_events_are_found(ground: &Ground) {
    let fault = fault_after(ground, "DELETE FROM events WHERE seq > 8").await;
    assert_eq!(fault, ChainFault::Truncated { found: 8, expected: 10 });
}

async fn an_event_added_at_the_end_is_found(ground: &Ground) {
    let sql = "INSERT INTO events SELECT 11, stream, 11, service, tag, at, actor, kind, prev, hash FROM events \
               WHERE seq = 10";
    assert_eq!(fault_after(ground, sql).await, ChainFault::Reordered { seq: 11, before: 10 });
}

async fn an_event_put_between_others_is_found(ground: &Ground) {
    let sql = "UPDATE events SET seq = seq + 100 WHERE seq > 6; UPDATE events SET seq = seq - 99 WHERE seq > 100; \
               INSERT INTO events SELECT 7, stream, 11, service, tag, at, actor, kind, prev, hash FROM events \
               WHERE seq = 6";
    assert_eq!(fault_after(ground, sql).await, ChainFault::Reordered { seq: 7, before: 6 });
}

/// Puts `kind` and `version` into the last event with a hash that fits.
async fn forge_last(
    ground: &Ground,
    store: &dyn Store,
    kind: &str,
    version: u64,
    with_head: bool,
) -> Digest {
    let last = store.event(Seq(EVENTS)).await.expect("reads").expect("is there");
    let actor = serde_json::to_string(&last.actor).expect("json");
    let stream = last.stream.to_string();
    let hash = link_hash(&last.prev, EVENTS, &stream, version, &last.at.to_string(), &actor, kind);
    let bytes = ground.bytes(hash.as_bytes());
    let head = if with_head { format!("UPDATE head SET hash = {bytes}") } else { String::new() };
    let sql = format!(
        "UPDATE events SET kind = '{kind}', stream_version = {version}, hash = {bytes}, tag = '{}' WHERE seq = 10; {head}",
        kind.split('"').nth(1).expect("a tag")
    );
    ground.tamper(&sql).await;
    hash
}

const FORGED: &str = r#"{"hold-released":{"hold":1,"reason":"forged"}}"#;

async fn a_last_event_that_was_hashed_again_is_found(ground: &Ground) {
    let store = ground.open().await;
    fill(&*store, EVENTS).await;
    forge_last(ground, &*store, FORGED, EVENTS, false).await;
    assert_eq!(found(&*store).await, ChainFault::Changed { seq: 10 });
}

async fn a_forged_version_is_found(ground: &Ground) {
    let store = ground.open().await;
    fill(&*store, EVENTS).await;
    let hash = forge_last(ground, &*store, FORGED, 15, true).await;
    assert_eq!(store.head().await.expect("reads").1, hash);
    assert_eq!(found(&*store).await, ChainFault::Reordered { seq: 10, before: 9 });
}

async fn an_unknown_event_is_refused_and_named(ground: &Ground) {
    let store = ground.open().await;
    fill(&*store, EVENTS).await;
    forge_last(ground, &*store, r#"{"moon-landed":{"crew":3}}"#, EVENTS, true).await;
    let error = store.events(Seq(0), 100).await.expect_err("not understood");
    assert!(
        unusable(&error).contains("event 10") && unusable(&error).contains("newer plimsoll"),
        "{error}"
    );
    assert!(matches!(found(&*store).await, ChainFault::Unreadable { seq: 10, .. }));
    assert_eq!(store.events(Seq(0), 9).await.expect("the others").len(), 9);
}

async fn an_honest_mistake_by_hand_is_refused(ground: &Ground) {
    let store = ground.open().await;
    fill(&*store, 2).await;
    for sql in ["UPDATE events SET at = '' WHERE seq = 1", "DELETE FROM events"] {
        let said = ground.sql(sql).await.expect_err("guarded");
        assert!(said.contains("never"), "{said}");
    }
    assert_eq!(verified(&*store).await, 2);
}

/// Neither who has it open already nor who opens it may go on with it; who looks at it may.
async fn nobody_goes_on(ground: &Ground, sql: &str, says: &[&str]) {
    let store = ground.open().await;
    fill(&*store, EVENTS).await;
    ground.tamper(sql).await;
    let append = store.append(vec![saying(people("shop"), "more")], Vec::new()).await;
    let opened = open(&ground.location).await.map(drop);
    for error in [append.expect_err("not appended"), opened.expect_err("not opened")] {
        let said = unusable(&error);
        assert!(says.iter().all(|words| said.contains(words)), "{said}");
        assert!(said.contains("go on from a backup"), "{said}");
    }
    let inspected = open_to_inspect(&ground.location).await.expect("to be looked at");
    assert!(matches!(inspected.verify(&|_, _| {}).await, Err(VerifyError::Chain(_))));
    let mut lines = Vec::new();
    inspected.export(&mut lines).await.expect("what is there is still exported");
}

async fn a_ledger_whose_end_was_cut_off_is_neither_opened_nor_appended_to(ground: &Ground) {
    let says = ["it ends at event 7", "events 8 to 10 were already written"];
    nobody_goes_on(ground, "DELETE FROM events WHERE seq > 7", &says).await;
}

async fn a_ledger_with_more_than_was_written_is_neither_opened_nor_appended_to(ground: &Ground) {
    let sql = "INSERT INTO events SELECT 11, stream, 11, service, tag, at, actor, kind, prev, hash FROM events \
               WHERE seq = 10";
    nobody_goes_on(ground, sql, &["event 11 is there, and event 10 is the last"]).await;
}

async fn a_ledger_whose_last_event_was_replaced_is_neither_opened_nor_appended_to(ground: &Ground) {
    let sql = "UPDATE events SET hash = (SELECT hash FROM events WHERE seq = 9) WHERE seq = 10";
    nobody_goes_on(ground, sql, &["its last event, 10, is not the one"]).await;
}

async fn a_ledger_that_lost_every_event_is_neither_opened_nor_appended_to(ground: &Ground) {
    let says = ["it ends at event 0", "events 1 to 10"];
    nobody_goes_on(ground, "DELETE FROM events", &says).await;
}
