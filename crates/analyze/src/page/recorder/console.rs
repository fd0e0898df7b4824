//! What scripts throw and write, and what the browser says of the page.

use serde_json::Value;

use super::{LONGEST_TEXT, LONGEST_URL, Recorder, cut};
use crate::page::facts::{ConsoleKind, ConsoleLine};

const MOST_LINES: usize = 100;

impl Recorder {
    pub(super) fn threw(&mut self, details: &Value) {
        self.exceptions += 1;
        let said = details["exception"]["description"].as_str();
        let said = said.or_else(|| details["exception"]["value"].as_str());
        let line = said.or_else(|| details["text"].as_str()).unwrap_or("an exception");
        let mut first = line.lines().next().unwrap_or_default().to_owned();
        // Of an object that is no error, its class says nothing.
        for held in details["exception"]["preview"]["properties"].as_array().into_iter().flatten() {
            if details["exception"]["subtype"] != "error" {
                let text = |key: &str| held[key].as_str().unwrap_or_default().to_owned();
                first.push_str(&format!(" {}: {}", text("name"), text("value")));
            }
        }
        let first = first.as_str();
        let place = place(details, details["url"].as_str());
        if let Some(number) = details["exceptionId"].as_u64() {
            self.thrown.push((number, self.console.len()));
        }
        self.line(ConsoleKind::Exception, first, place);
    }

    /// A promise that was rejected got somebody who cares.
    pub(super) fn caught_after_all(&mut self, event: &Value) {
        let Some(at) = self.thrown.iter().position(|(number, _)| event["exceptionId"] == *number)
        else {
            return;
        };
        let (_, line) = self.thrown.remove(at);
        self.exceptions = self.exceptions.saturating_sub(1);
        if line < self.console.len() {
            self.console.remove(line);
            for (_, other) in self.thrown.iter_mut().filter(|(_, other)| *other > line) {
                *other -= 1;
            }
        }
    }

    pub(super) fn wrote(&mut self, event: &Value) {
        if !matches!(event["type"].as_str(), Some("error" | "assert")) {
            return;
        }
        let mut words = Vec::new();
        for argument in event["args"].as_array().into_iter().flatten().take(10) {
            let value = argument["value"].as_str().map(str::to_owned);
            let value = value.or_else(|| argument["description"].as_str().map(str::to_owned));
            words.push(value.unwrap_or_else(|| argument["value"].to_string()));
        }
        let top = &event["stackTrace"]["callFrames"][0];
        let place = place(top, top["url"].as_str());
        self.line(ConsoleKind::Error, &words.join(" "), place);
    }

    pub(super) fn logged(&mut self, entry: &Value) {
        if entry["level"] != "error" {
            return;
        }
        let place = entry["url"].as_str().map(|url| match entry["lineNumber"].as_u64() {
            Some(line) => format!("{}:{}", cut(url, LONGEST_URL), line + 1),
            None => cut(url, LONGEST_URL),
        });
        self.line(ConsoleKind::Browser, entry["text"].as_str().unwrap_or_default(), place);
    }

    fn line(&mut self, kind: ConsoleKind, text: &str, place: Option<String>) {
        if self.console.len() >= MOST_LINES {
            self.more_console += 1;
            return;
        }
        self.console.push(ConsoleLine { kind, text: cut(text, LONGEST_TEXT), place });
    }
}

fn place(frame: &Value, url: Option<&str>) -> Option<String> {
    let top = &frame["stackTrace"]["callFrames"][0];
    let url = url.filter(|url| !url.is_empty()).or_else(|| top["url"].as_str())?;
    let line = frame["lineNumber"].as_u64().unwrap_or(0) + 1;
    let column = frame["columnNumber"].as_u64().unwrap_or(0) + 1;
    Some(format!("{}:{line}:{column}", cut(url, LONGEST_URL)))
}
