//! How many events a second a ledger takes with full durability.
//!
//! `append_rate LOCATION EVENTS CONCURRENCY` appends `EVENTS` events one by one from `CONCURRENCY`
//! tasks, each waiting until its event is on the disk, and prints one line of JSON.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use plimsoll_core::Timestamp;
use plimsoll_core::event::{Actor, EventKind, NewEvent, Stream};
use plimsoll_core::ids::Seq;
use plimsoll_store::{Location, open};

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn event(number: u64) -> Result<NewEvent, Failure> {
    Ok(NewEvent {
        stream: Stream::People("bench".parse()?),
        at: Timestamp::now(),
        actor: Actor::Plimsoll,
        kind: EventKind::HoldReleased { hold: Seq(number), reason: "x".repeat(400) },
    })
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut args = std::env::args().skip(1);
    let (Some(location), Some(events), Some(concurrency)) = (args.next(), args.next(), args.next())
    else {
        return Err("usage: append_rate LOCATION EVENTS CONCURRENCY".into());
    };
    let (events, concurrency): (u64, u64) = (events.parse()?, concurrency.parse()?);
    let store = open(&location.parse::<Location>()?).await?;
    let next = Arc::new(AtomicU64::new(0));
    let began = Instant::now();
    let tasks = (0..concurrency).map(|_| {
        let (store, next) = (Arc::clone(&store), Arc::clone(&next));
        tokio::spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= events {
                    return Ok::<_, Failure>(());
                }
                store.append(vec![event(number)?], Vec::new()).await?;
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await??;
    }
    let seconds = began.elapsed().as_secs_f64();
    let line = serde_json::json!({
        "events": events,
        "concurrency": concurrency,
        "seconds": seconds,
        "events_per_second": (events as f64 / seconds).round(),
    });
    println!("{line}");
    Ok(())
}
