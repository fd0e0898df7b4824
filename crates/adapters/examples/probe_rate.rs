//! How many probes a second, and at which cost: `probe_rate URL COUNT CONCURRENCY`.
//!
//! Prints one line of JSON. CPU is user and system time of this process alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use plimsoll_adapters::probe::{ProbeLimits, ProbeRequest, fetch};

/// `USER_HZ`, in which Linux shows times to programs, on every platform that we run on.
const TICKS_PER_SECOND: f64 = 100.0;

fn cpu_seconds() -> Result<f64, Box<dyn std::error::Error>> {
    // utime and stime in clock ticks, the 14th and 15th field; the command may hold spaces.
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let after = stat.rsplit_once(") ").ok_or("no command in /proc/self/stat")?.1;
    let ticks: Vec<f64> =
        after.split(' ').skip(11).take(2).map(str::parse).collect::<Result<_, _>>()?;
    Ok(ticks.iter().sum::<f64>() / TICKS_PER_SECOND)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: probe_rate URL COUNT CONCURRENCY";
    let url = arguments.next().ok_or(usage)?;
    let count: u64 = arguments.next().ok_or(usage)?.parse()?;
    let concurrency: u64 = arguments.next().ok_or(usage)?.parse()?;
    let request = Arc::new(ProbeRequest::get(&url)?);
    let limits = Arc::new(ProbeLimits {
        within: Duration::from_secs(10),
        body_bytes: 1 << 20,
        redirects: 0,
        root: ".".into(),
    });
    let (next, failures) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let (began, cpu_before) = (Instant::now(), cpu_seconds()?);
    let workers: Vec<_> = (0..concurrency)
        .map(|_| {
            let (request, limits, next, failures) = (
                Arc::clone(&request),
                Arc::clone(&limits),
                Arc::clone(&next),
                Arc::clone(&failures),
            );
            tokio::spawn(async move {
                while next.fetch_add(1, Ordering::Relaxed) < count {
                    match fetch((*request).clone(), &limits).await {
                        Ok(answer) if (200..300).contains(&answer.status) => {}
                        Ok(_) | Err(_) => {
                            failures.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await?;
    }
    let (seconds, cpu) = (began.elapsed().as_secs_f64(), cpu_seconds()? - cpu_before);
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    let probes = count as f64;
    let line = serde_json::json!({
        "probes": count,
        "seconds": seconds,
        "probes_per_second": probes / seconds,
        "cpu_seconds": cpu,
        "cpu_ms_per_probe": cpu * 1_000.0 / probes,
        "failures": failures.load(Ordering::Relaxed),
    });
    println!("{line}");
    Ok(())
}
