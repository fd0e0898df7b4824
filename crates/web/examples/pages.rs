//! Serves the pages over a fleet in memory, to be looked at: `cargo run -p plimsoll-web --example
//! pages -- 127.0.0.1:7421 198`. Prints a token for it.

#[path = "../tests/pages/fleet.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod fleet;

use plimsoll_web::{Limits, router, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:7421".to_owned());
    let small = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(198);
    tokio::time::pause();
    let made = fleet::fleet(small).await;
    tokio::time::resume();
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("http://{}", listener.local_addr()?);
    println!("token {}", made.all.reveal());
    println!("pictures /runs/{}", made.pictured);
    let stop = std::future::pending();
    serve(listener, router(&made.site), Limits::default(), stop).await
}
