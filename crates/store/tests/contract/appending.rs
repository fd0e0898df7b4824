//! Appending and reading.

use std::time::{Duration, Instant};

use plimsoll_core::digest::Digest;
use plimsoll_core::event::EventKind;
use plimsoll_core::ids::Seq;
use plimsoll_engine::ports::{HistoryFilter, LedgerError};

use crate::ground::{Ground, expecting, fill, gate, on_both, people, saying, service, verified};

on_both!(
    what_is_appended_is_read_back_the_same,
    pages_follow_each_other_without_gap_or_overlap,
    a_conflict_writes_nothing_and_names_the_versions,
    a_batch_is_written_whole_or_not_at_all,
    of_many_that_expect_the_same_version_exactly_one_wins,
    many_at_once_lose_nothing_and_leave_no_gaps,
    recent_shows_the_newest_first_and_filters,
    strange_texts_survive,
    waiting_ends_soon_after_another_connection_appends,
    an_empty_ledger_has_a_head_of_zeroes_and_verifies,
);

async fn what_is_appended_is_read_back_the_same(ground: &Ground) {
    let store = ground.open().await;
    let events = vec![
        saying(people("shop"), "one"),
        saying(gate("shop"), "two"),
        saying(people("shop"), "three"),
    ];
    let appended = store.append(events, expecting(people("shop"), 0)).await.expect("appends");
    assert_eq!(
        appended.iter().map(|event| (event.seq.0, event.version)).collect::<Vec<_>>(),
        [(1, 1), (2, 1), (3, 2)]
    );

    let again = ground.open().await;
    assert_eq!(again.events(Seq(0), 100).await.expect("reads"), appended);
    assert_eq!(again.event(Seq(2)).await.expect("reads").as_ref(), Some(&appended[1]));
    assert_eq!(again.event(Seq(9)).await.expect("reads"), None);
    assert_eq!(again.head().await.expect("reads"), (Seq(3), appended[2].hash));
    assert_eq!(again.version(&people("shop")).await.expect("reads"), 2);
    assert_eq!(again.version(&people("else")).await.expect("reads"), 0);
    assert_eq!(again.stream_events(&people("shop"), 1, 9).await.expect("reads"), appended[2..]);
}

async fn pages_follow_each_other_without_gap_or_overlap(ground: &Ground) {
    let store = ground.open().await;
    for number in 0..25 {
        let name = if number % 5 == 0 { "other" } else { "shop" };
        store
            .append(vec![saying(people(name), &number.to_string())], Vec::new())
            .await
            .expect("appends");
    }
    let mut seen = Vec::new();
    loop {
        let after = seen.last().copied().unwrap_or(Seq(0));
        let page = store.service_events(&service("shop"), after, 7).await.expect("reads");
        assert!(page.len() <= 7);
        if page.is_empty() {
            break;
        }
        seen.extend(page.iter().map(|event| event.seq));
    }
    assert_eq!(seen.len(), 20);
    assert!(seen.is_sorted_by(|one, two| one < two));
}

async fn a_conflict_writes_nothing_and_names_the_versions(ground: &Ground) {
    let store = ground.open().await;
    fill(&*store, 3).await;
    for wrong in [0, 2, 4] {
        let answer = store
            .append(vec![saying(people("shop"), "late")], expecting(people("shop"), wrong))
            .await;
        match answer {
            Err(LedgerError::Conflict { stream, expected, found }) => {
                assert_eq!((stream, expected, found), (people("shop"), wrong, 3));
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(verified(&*store).await, 3);
    let nothing =
        store.append(Vec::new(), expecting(people("shop"), 3)).await.expect("nothing to do");
    assert!(nothing.is_empty());
}

async fn a_batch_is_written_whole_or_not_at_all(ground: &Ground) {
    let store = ground.open().await;
    fill(&*store, 1).await;
    let batch = vec![saying(gate("shop"), "first"), saying(people("shop"), "second")];
    let mut expect = expecting(gate("shop"), 0);
    expect.extend(expecting(people("shop"), 0));
    assert!(store.append(batch, expect).await.is_err());
    assert_eq!(store.version(&gate("shop")).await.expect("reads"), 0);
    assert_eq!(verified(&*store).await, 1);
}

async fn of_many_that_expect_the_same_version_exactly_one_wins(ground: &Ground) {
    let stores = [ground.open().await, ground.open().await];
    for round in 0..10 {
        let racing = (0..16).map(|number| {
            let store = stores[number % 2].clone();
            tokio::spawn(async move {
                let event = saying(people("shop"), &format!("{round} {number}"));
                store.append(vec![event], expecting(people("shop"), round)).await
            })
        });
        let mut won = 0;
        for answer in racing.collect::<Vec<_>>() {
            match answer.await.expect("no panic") {
                Ok(_) => won += 1,
                Err(LedgerError::Conflict { expected, .. }) => assert_eq!(expected, round),
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(won, 1, "in round {round}");
    }
    assert_eq!(verified(&*stores[0]).await, 10);
}

async fn many_at_once_lose_nothing_and_leave_no_gaps(ground: &Ground) {
    let stores = [ground.open().await, ground.open().await];
    let tasks = (0..32).map(|task| {
        let store = stores[task % 2].clone();
        tokio::spawn(async move {
            let stream = people(&format!("s{}", task % 5));
            for number in 0..10 {
                let event = saying(stream.clone(), &format!("{task} {number}"));
                store.append(vec![event], Vec::new()).await.expect("appends");
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.expect("no panic");
    }
    assert_eq!(verified(&*stores[0]).await, 320);
}

async fn recent_shows_the_newest_first_and_filters(ground: &Ground) {
    let store = ground.open().await;
    fill(&*store, 5).await;
    let mut lifted = saying(people("other"), "");
    lifted.kind = EventKind::FreezeLifted { freeze: Seq(1), reason: "done".into() };
    store.append(vec![lifted, saying(people("other"), "last")], Vec::new()).await.expect("appends");

    let seqs = |filter: HistoryFilter| {
        let store = store.clone();
        async move {
            let events = store.recent(&filter, 3).await.expect("reads");
            events.iter().map(|event| event.seq.0).collect::<Vec<_>>()
        }
    };
    let kinds = vec!["freeze-lifted".to_owned(), "no-such-kind".to_owned()];
    let (shop, other) = (Some(service("shop")), Some(service("other")));
    assert_eq!(seqs(HistoryFilter::default()).await, [7, 6, 5]);
    assert_eq!(seqs(HistoryFilter { before: Some(Seq(6)), ..Default::default() }).await, [5, 4, 3]);
    assert_eq!(
        seqs(HistoryFilter { service: shop.clone(), ..Default::default() }).await,
        [5, 4, 3]
    );
    assert_eq!(seqs(HistoryFilter { kinds: kinds.clone(), ..Default::default() }).await, [6]);
    assert_eq!(
        seqs(HistoryFilter { kinds: kinds.clone(), service: other, before: None }).await,
        [6]
    );
    assert_eq!(seqs(HistoryFilter { kinds, service: shop, before: None }).await, [0; 0]);
}

async fn strange_texts_survive(ground: &Ground) {
    let store = ground.open().await;
    for text in [
        "",
        "a\0b",
        "'; DROP TABLE events; --",
        "\u{1f6a2} \u{202e}abc",
        "{{ x }}\n\t\"\\",
        &"x".repeat(300_000),
    ] {
        let appended =
            store.append(vec![saying(people("shop"), text)], Vec::new()).await.expect("appends");
        assert_eq!(store.event(appended[0].seq).await.expect("reads").as_ref(), appended.first());
    }
    verified(&*store).await;
}

async fn waiting_ends_soon_after_another_connection_appends(ground: &Ground) {
    let (waiting, writing) = (ground.open().await, ground.open().await);
    fill(&*writing, 1).await;
    let long = Duration::from_secs(20);
    assert_eq!(
        waiting.wait_for_change(Seq(0), long).await.expect("waits"),
        Seq(1),
        "it is there already"
    );

    let waiter = tokio::spawn(async move {
        let seen = waiting.wait_for_change(Seq(1), long).await.expect("waits");
        (seen, Instant::now())
    });
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert!(!waiter.is_finished(), "nothing has changed yet");
    fill(&*writing, 1).await;
    let written = Instant::now();
    let (seen, woken) = waiter.await.expect("no panic");
    assert_eq!(seen, Seq(2));
    assert!(woken.saturating_duration_since(written) < Duration::from_secs(1));

    let began = Instant::now();
    let quiet = writing.wait_for_change(Seq(2), Duration::from_millis(300)).await;
    assert_eq!(quiet.expect("waits"), Seq(2));
    assert!(began.elapsed() >= Duration::from_millis(300));
}

async fn an_empty_ledger_has_a_head_of_zeroes_and_verifies(ground: &Ground) {
    let store = ground.open().await;
    assert_eq!(store.head().await.expect("reads"), (Seq(0), Digest::ZERO));
    assert_eq!(verified(&*store).await, 0);
    let mut out = Vec::new();
    assert_eq!(store.export(&mut out).await.expect("exports"), 0);
    assert!(out.is_empty());
}
