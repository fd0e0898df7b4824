//! Reading a JUnit file.

use std::borrow::Cow;
use std::cell::Cell;

use quick_xml::XmlVersion;
use quick_xml::errors::{IllFormedError, SyntaxError};
use quick_xml::escape::EscapeError;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

use super::build::{Building, Mark, Message, Status, millis};
use super::error::Reached;
use super::promise::{Held, Promised, count};
use super::{JunitError, JunitLimits, JunitReport, Place, Shortfall};

/// Reads a JUnit file.
///
/// # Errors
/// [`JunitError`] for everything that is not a whole JUnit file within the limits. Nothing of such
/// a file is used: what is missing might be what failed.
pub fn parse(bytes: &[u8], limits: &JunitLimits) -> Result<JunitReport, JunitError> {
    if bytes.len() > limits.bytes {
        return Err(JunitError::TooLarge { bytes: bytes.len(), limit: limits.bytes });
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes)
        .map_err(|error| JunitError::NotUtf8 { place: Place::of(bytes, error.valid_up_to()) })?;
    if text.trim().is_empty() {
        return Err(JunitError::Empty);
    }
    Parser {
        text,
        limits,
        at: 0,
        reached: Cell::default(),
        open: Vec::new(),
        seen_root: false,
        cases: Vec::new(),
        claims: Claims::default(),
        suites: Vec::new(),
        held: Held::default(),
        shortfalls: Vec::new(),
        of_go: false,
    }
    .run()
}

/// Elements that decide. Where they have no place, or another spelling, nobody knows what they mean.
const DECIDES: [&str; 5] = ["testsuites", "testsuite", "testcase", "failure", "error"];

/// What the attributes promise.
#[derive(Debug, Default)]
struct Claims {
    root: Option<u32>,
    suites: u32,
}

/// An element that is open.
#[derive(Debug)]
enum Open {
    Suites,
    Suite {
        name: String,
    },
    Case(Building),
    Mark {
        mark: Mark,
        message: Message,
    },
    /// Output, properties, stack traces: nothing that decides.
    Other {
        name: String,
    },
}

struct Parser<'a> {
    text: &'a str,
    limits: &'a JunitLimits,
    at: usize,
    /// The last place that was asked for.
    reached: Cell<Reached>,
    open: Vec<Open>,
    seen_root: bool,
    cases: Vec<super::Case>,
    claims: Claims,
    /// The suites that are open, the root first.
    suites: Vec<Promised>,
    held: Held,
    shortfalls: Vec<Shortfall>,
    /// Whether gotestsum or its like wrote it: the `errors` of its root count lines that the
    /// compiler printed, warnings too.
    of_go: bool,
}

impl Parser<'_> {
    fn run(mut self) -> Result<JunitReport, JunitError> {
        let mut reader = Reader::from_str(self.text);
        loop {
            self.at = position(reader.buffer_position());
            match reader.read_event() {
                Ok(Event::Start(start)) => self.begin(&start)?,
                Ok(Event::Empty(start)) => {
                    self.begin(&start)?;
                    self.end()?;
                }
                Ok(Event::End(_)) => self.end()?,
                Ok(Event::Text(text)) => self.text(&text.xml10_content())?,
                Ok(Event::CData(text)) => self.text(&text.xml10_content())?,
                Ok(Event::GeneralRef(reference)) => self.reference(&reference)?,
                Ok(Event::DocType(_)) => return Err(JunitError::Doctype { place: self.place() }),
                Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_)) => {}
                Ok(Event::Eof) => break,
                Err(error) => return Err(self.broken(&error)),
            }
        }
        if !self.open.is_empty() {
            return Err(self.truncated());
        }
        if !self.seen_root {
            return Err(JunitError::NotXml { place: Place { line: 1, column: 1 } });
        }
        let claimed = self.claims.root.unwrap_or(0).max(self.claims.suites);
        Ok(JunitReport::of(self.cases, Some(claimed), self.shortfalls))
    }

    fn begin(&mut self, start: &BytesStart<'_>) -> Result<(), JunitError> {
        if self.open.len() >= self.limits.depth {
            return Err(JunitError::TooDeep { limit: self.limits.depth, place: self.place() });
        }
        let local = start.local_name();
        let name = local.as_ref();
        let opened = match (self.open.last(), name) {
            (None, _) => self.root(name, start)?,
            (Some(Open::Suites | Open::Suite { .. }), "testsuite") => {
                if self.open.len() == 1 && matches!(self.open[0], Open::Suites) {
                    self.claims.suites =
                        self.claims.suites.saturating_add(self.claim(start)?.unwrap_or(0));
                }
                self.suite(start)?
            }
            (Some(Open::Suites | Open::Suite { .. }), "testcase") => self.case(start)?,
            (Some(Open::Suites | Open::Suite { .. } | Open::Case(_)), _) => match Mark::of(name) {
                Some(mark) => {
                    let [message, kind] = self.attributes(start, ["message", "type"])?;
                    let limit = Building::limit(self.limits);
                    Open::Mark {
                        mark,
                        message: Message::new(message.into_owned(), kind.into_owned(), limit),
                    }
                }
                None => self.other(name, start)?,
            },
            (Some(Open::Mark { .. } | Open::Other { .. }), _) => self.other(name, start)?,
        };
        self.open.push(opened);
        Ok(())
    }

    fn root(&mut self, name: &str, start: &BytesStart<'_>) -> Result<Open, JunitError> {
        if self.seen_root {
            return Err(self.malformed("a second root element"));
        }
        self.seen_root = true;
        self.claims.root = self.claim(start)?;
        match name {
            "testsuites" => self.suite(start).map(|_| Open::Suites),
            "testsuite" => self.suite(start),
            other => Err(JunitError::UnknownRoot { root: brief(other) }),
        }
    }

    /// A suite begins, and what its attributes promise with it.
    fn suite(&mut self, start: &BytesStart<'_>) -> Result<Open, JunitError> {
        let [name, tests, failures, errors] =
            self.attributes(start, ["name", "tests", "failures", "errors"])?;
        self.suites.push(Promised {
            suite: if self.suites.is_empty() { String::new() } else { brief(&name) },
            tests: count(&tests).unwrap_or(0),
            failures: count(&failures).unwrap_or(0),
            errors: count(&errors).unwrap_or(0),
            before: self.held,
            known: self.shortfalls.len(),
        });
        Ok(Open::Suite { name: name.into_owned() })
    }

    /// A suite ends: it holds what it promised, or falls short of it.
    fn settle(&mut self) {
        let Some(mut promised) = self.suites.pop() else { return };
        if self.suites.is_empty() && self.of_go {
            promised.errors = 0;
        }
        promised.settle(self.held, &mut self.shortfalls);
    }

    fn case(&self, start: &BytesStart<'_>) -> Result<Open, JunitError> {
        let [class, name, time, status, result] =
            self.attributes(start, ["classname", "name", "time", "status", "result"])?;
        if class.trim().is_empty() && name.trim().is_empty() {
            return Err(JunitError::Unnamed { place: self.place() });
        }
        let status = Status::of([&status, &result]);
        Ok(Open::Case(Building::new(class.trim(), name.trim(), millis(&time), status)))
    }

    /// Something that decides nothing. What decides elsewhere must not be lost in here.
    fn other(&mut self, name: &str, start: &BytesStart<'_>) -> Result<Open, JunitError> {
        if DECIDES.iter().any(|one| name.eq_ignore_ascii_case(one)) {
            return Err(self.malformed(&format!("<{name}> inside <{}>", self.inside())));
        }
        let [property] = self.attributes(start, ["name"])?;
        self.of_go |= name == "property" && property == "go.version";
        Ok(Open::Other { name: brief(name) })
    }

    fn claim(&self, start: &BytesStart<'_>) -> Result<Option<u32>, JunitError> {
        Ok(count(&self.attributes(start, ["tests"])?[0]))
    }

    fn end(&mut self) -> Result<(), JunitError> {
        match self.open.pop() {
            Some(Open::Case(building)) => self.keep(building)?,
            Some(Open::Mark { mark, message }) => self.end_mark(mark, message)?,
            Some(Open::Suites | Open::Suite { .. }) => self.settle(),
            Some(Open::Other { .. }) | None => {}
        }
        Ok(())
    }

    fn end_mark(&mut self, mark: Mark, message: Message) -> Result<(), JunitError> {
        if mark.is_red() {
            self.held.red = self.held.red.saturating_add(1);
        }
        match self.open.last_mut() {
            Some(Open::Case(building)) => {
                building.mark(mark, message);
                Ok(())
            }
            Some(Open::Suite { name }) => {
                let name = if name.is_empty() { self.unnamed() } else { name.clone() };
                self.suite_mark(&name, mark, message)
            }
            Some(Open::Suites | Open::Mark { .. } | Open::Other { .. }) | None => {
                self.suite_mark(&self.unnamed(), mark, message)
            }
        }
    }

    /// A mark outside any case: the suite as a whole broke (a build, a fixture), which must not
    /// be lost.
    fn suite_mark(&mut self, name: &str, mark: Mark, message: Message) -> Result<(), JunitError> {
        if mark == Mark::Skipped {
            return Ok(());
        }
        let mut building = Building::new("", name, 0, Status::Fine);
        building.mark(mark, message);
        self.keep(building)
    }

    fn keep(&mut self, building: Building) -> Result<(), JunitError> {
        if self.cases.len() >= self.limits.cases {
            return Err(JunitError::TooManyCases { limit: self.limits.cases });
        }
        self.held.tests = self.held.tests.saturating_add(1);
        self.held.red = self.held.red.saturating_add(u32::from(building.is_red_by_status()));
        self.cases.push(building.finish());
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), JunitError> {
        match self.open.last_mut() {
            Some(Open::Mark { message, .. }) => message.push(text, self.limits.message_bytes),
            Some(Open::Suites | Open::Suite { .. } | Open::Case(_) | Open::Other { .. }) => {}
            None if text.trim().is_empty() => {}
            None if self.seen_root => {
                return Err(self.malformed("text after the end of the report"));
            }
            None => return Err(JunitError::NotXml { place: self.place() }),
        }
        Ok(())
    }

    fn reference(&mut self, reference: &BytesRef<'_>) -> Result<(), JunitError> {
        if reference.is_char_ref() {
            return match reference.resolve_char_ref() {
                Ok(Some(character)) => self.text(character.encode_utf8(&mut [0; 4])),
                Ok(None) | Err(_) => {
                    Err(self.malformed("a character reference that is no character"))
                }
            };
        }
        match quick_xml::escape::resolve_xml_entity(reference) {
            Some(text) => self.text(text),
            None => Err(JunitError::Entity { entity: brief(reference), place: self.place() }),
        }
    }

    /// The values of these attributes, without regard to namespaces; empty where one is missing.
    /// Looks at all others, too: a broken one breaks the file.
    fn attributes<'s, const N: usize>(
        &self,
        start: &'s BytesStart<'_>,
        names: [&str; N],
    ) -> Result<[Cow<'s, str>; N], JunitError> {
        let mut values = std::array::from_fn(|_| Cow::Borrowed(""));
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| self.malformed(&error.to_string()))?;
            let local = attribute.key.local_name();
            let Some(index) = names.iter().position(|name| *name == local.as_ref()) else {
                continue;
            };
            values[index] = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|error| self.broken(&error))?;
        }
        Ok(values)
    }

    fn broken(&self, error: &quick_xml::Error) -> JunitError {
        match error {
            quick_xml::Error::Syntax(SyntaxError::InvalidBangMarkup) => {
                if self.text[self.at..].len() < 9 {
                    self.truncated()
                } else {
                    self.malformed(&error.to_string())
                }
            }
            quick_xml::Error::Syntax(_)
            | quick_xml::Error::IllFormed(IllFormedError::MissingEndTag(_)) => self.truncated(),
            quick_xml::Error::Escape(EscapeError::UnrecognizedEntity(_, entity)) => {
                JunitError::Entity { entity: brief(entity), place: self.place() }
            }
            other => self.malformed(&other.to_string()),
        }
    }

    fn truncated(&self) -> JunitError {
        if self.open.is_empty() {
            return self.malformed("it ends in the middle of a tag");
        }
        let place = Place::of(self.text.as_bytes(), self.text.len());
        JunitError::Truncated { place, inside: self.inside().to_owned() }
    }

    /// The name of the innermost element that is open.
    fn inside(&self) -> &str {
        match self.open.last() {
            Some(Open::Suites) => "testsuites",
            Some(Open::Suite { .. }) => "testsuite",
            Some(Open::Case(_)) => "testcase",
            Some(Open::Mark { mark: Mark::Failure, .. }) => "failure",
            Some(Open::Mark { mark: Mark::Error, .. }) => "error",
            Some(Open::Mark { mark: Mark::Skipped, .. }) => "skipped",
            Some(Open::Mark { mark: Mark::EarlierAttempt, .. }) => "rerunFailure",
            Some(Open::Other { name }) => name,
            None => "",
        }
    }

    fn malformed(&self, why: &str) -> JunitError {
        JunitError::Malformed { place: self.place(), why: brief(why) }
    }

    fn place(&self) -> Place {
        let reached = self.reached.get().upto(self.text.as_bytes(), self.at);
        self.reached.set(reached);
        reached.place()
    }

    /// A name for a suite that has none.
    fn unnamed(&self) -> String {
        format!("suite at {}", self.place())
    }
}

fn position(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

/// Words of a file inside our own: short, and without control characters.
fn brief(text: &str) -> String {
    text.chars().take(120).flat_map(char::escape_debug).collect()
}
