//! What is counted while the server answers, as Prometheus reads it.
//!
//! # Source
//! The text exposition format of Prometheus, version 0.0.4.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::http::{Method, StatusCode};

/// The bounds of the histogram of durations.
///
/// # Units
/// Milliseconds; a page is to be there within 50, a question to the gate within 10.
const BOUNDS_MS: [u64; 9] = [1, 5, 10, 25, 50, 100, 500, 2_500, 10_000];

/// What is counted.
#[derive(Default)]
pub(crate) struct Metrics {
    requests: Mutex<BTreeMap<Asked, Durations>>,
    allowed: AtomicU64,
    refused: AtomicU64,
}

/// What is counted apart: routes as they are configured, so their number is bounded.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Asked {
    route: String,
    method: &'static str,
    status: u16,
}

#[derive(Default)]
struct Durations {
    buckets: [u64; BOUNDS_MS.len()],
    count: u64,
    sum: Duration,
}

/// What is looked up when somebody asks, and not counted.
pub(crate) struct Gauges {
    /// The position of the ledger.
    pub position: u64,
    /// How many promotions are under way, by service and environment.
    pub under_way: Vec<(String, String)>,
    /// How many connections are open.
    pub connections: usize,
    /// How many listen to events.
    pub listeners: usize,
    /// How many tokens are in force.
    pub tokens: usize,
}

impl Metrics {
    /// Counts a request that was answered.
    pub(crate) fn answered(
        &self,
        route: &str,
        method: &Method,
        status: StatusCode,
        took: Duration,
    ) {
        let asked =
            Asked { route: route.to_owned(), method: known(method), status: status.as_u16() };
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let durations = requests.entry(asked).or_default();
        durations.count += 1;
        durations.sum += took;
        for (bound, bucket) in BOUNDS_MS.iter().zip(&mut durations.buckets) {
            *bucket += u64::from(took <= Duration::from_millis(*bound));
        }
    }

    /// Counts an answer of the gate.
    pub(crate) fn decided(&self, allowed: bool) {
        let counter = if allowed { &self.allowed } else { &self.refused };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Everything, as Prometheus reads it.
    pub(crate) fn text(&self, gauges: &Gauges, version: &str) -> String {
        let mut page = Page::default();
        page.family("plimsoll_build_info", "gauge", "The version that runs.");
        page.line("plimsoll_build_info", &[("version", version)], 1);
        page.family("plimsoll_ledger_position", "gauge", "The last event of the ledger.");
        page.line("plimsoll_ledger_position", &[], gauges.position);
        page.family("plimsoll_promotions_under_way", "gauge", "What moves targets now.");
        for (service, environment) in &gauges.under_way {
            let labels = [("service", service.as_str()), ("environment", environment)];
            page.line("plimsoll_promotions_under_way", &labels, 1);
        }
        page.family("plimsoll_connections", "gauge", "Open connections.");
        page.line("plimsoll_connections", &[], gauges.connections);
        page.family("plimsoll_listeners", "gauge", "Who listens to events.");
        page.line("plimsoll_listeners", &[], gauges.listeners);
        page.family("plimsoll_tokens_in_force", "gauge", "Tokens that allow something.");
        page.line("plimsoll_tokens_in_force", &[], gauges.tokens);
        page.family("plimsoll_gate_answers_total", "counter", "Answers of the gate.");
        for (verdict, counter) in [("allowed", &self.allowed), ("refused", &self.refused)] {
            let count = counter.load(Ordering::Relaxed);
            page.line("plimsoll_gate_answers_total", &[("decision", verdict)], count);
        }
        self.durations(&mut page);
        page.0
    }

    fn durations(&self, page: &mut Page) {
        let name = "plimsoll_request_duration_seconds";
        page.family(name, "histogram", "How long answers took to begin.");
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        for (asked, durations) in requests.iter() {
            let status = asked.status.to_string();
            let labels =
                [("route", asked.route.as_str()), ("method", asked.method), ("status", &status)];
            let bucket = format!("{name}_bucket");
            for (bound, count) in BOUNDS_MS.iter().zip(&durations.buckets) {
                let bound = format!("{}", Duration::from_millis(*bound).as_secs_f64());
                page.line(&bucket, &[&labels[..], &[("le", &bound)]].concat(), count);
            }
            page.line(&bucket, &[&labels[..], &[("le", "+Inf")]].concat(), durations.count);
            page.line(&format!("{name}_sum"), &labels, durations.sum.as_secs_f64());
            page.line(&format!("{name}_count"), &labels, durations.count);
        }
    }
}

/// The method, where it is one that is known: a client may send any word.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Lines of the exposition format.
#[derive(Default)]
struct Page(String);

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn line(&mut self, name: &str, labels: &[(&str, &str)], value: impl std::fmt::Display) {
        self.0.push_str(name);
        for (at, (label, text)) in labels.iter().enumerate() {
            let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            let _ = write!(self.0, "{}{label}=\"{text}\"", if at == 0 { '{' } else { ',' });
        }
        let _ = writeln!(self.0, "{} {value}", if labels.is_empty() { "" } else { "}" });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_one_that_prometheus_reads() {
        let metrics = Metrics::default();
        let took = Duration::from_millis(7);
        metrics.answered("/api/v1/gate", &Method::GET, StatusCode::CONFLICT, took);
        let strange = Method::from_bytes(b"BREW").expect("a method");
        metrics.answered("with \"quotes\"", &strange, StatusCode::OK, took);
        metrics.decided(false);
        let gauges = Gauges {
            position: 7,
            under_way: vec![("planet4".to_owned(), "production".to_owned())],
            connections: 1,
            listeners: 2,
            tokens: 3,
        };
        let text = metrics.text(&gauges, "0.1.0");
        for line in [
            "plimsoll_ledger_position 7",
            "plimsoll_promotions_under_way{service=\"planet4\",environment=\"production\"} 1",
            "plimsoll_gate_answers_total{decision=\"refused\"} 1",
            "plimsoll_request_duration_seconds_bucket{route=\"/api/v1/gate\",method=\"GET\",status=\"409\",le=\"0.005\"} 0",
            "plimsoll_request_duration_seconds_bucket{route=\"/api/v1/gate\",method=\"GET\",status=\"409\",le=\"0.01\"} 1",
            "plimsoll_request_duration_seconds_sum{route=\"/api/v1/gate\",method=\"GET\",status=\"409\"} 0.007",
            "plimsoll_request_duration_seconds_count{route=\"with \\\"quotes\\\"\",method=\"other\",status=\"200\"} 1",
        ] {
            assert!(text.lines().any(|one| one == line), "{line}\n{text}");
        }
    }
}
