//! Builds the tree from the parser's events, within limits.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use granit_parser::{Event, Marker, Parser, ScalarStyle, StrInput, StructureStyle};

use crate::report::Report;

use super::{Entry, Node, Scalar, SourceText, Span, Value, shown, syntax};

/// The depth of nesting that is read. The deepest setting is at 9.
const DEEPEST: usize = 48;

/// The number of values in all of a file, each alias counted as what it stands for. A file of
/// 1,000 targets has about 10,000.
const MOST_VALUES: usize = 300_000;

/// Reads a text; problems go to the report. `None` when there is nothing to go on with.
pub(crate) fn parse(file: u32, source: &SourceText, report: &mut Report) -> Option<Node> {
    let options = granit_parser::options! {
        disallow_directives: true,
        flow_nesting_limit: DEEPEST,
        block_nesting_limit: DEEPEST,
    };
    let parser = Parser::new_from_str_with_options(&source.text, options);
    let mut builder = Builder { file, source, report, parser, anchors: HashMap::new(), values: 0 };
    builder.document().ok().flatten()
}

/// The text cannot be read any further; why has been reported.
struct Stop;

struct Builder<'a> {
    file: u32,
    source: &'a SourceText,
    report: &'a mut Report,
    parser: Parser<'a, StrInput<'a>>,
    anchors: HashMap<usize, Node>,
    values: usize,
}

impl<'a> Builder<'a> {
    fn document(&mut self) -> Result<Option<Node>, Stop> {
        let mut root = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => return Ok(root),
                Event::DocumentStart(..) if root.is_some() => {
                    self.report
                        .error(span, "a second document begins here")
                        .hint("put it into a file of its own and name that under include:");
                    return Err(Stop);
                }
                Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
                other => root = Some(self.node(other, span, None)?),
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'a>, Span), Stop> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((event, self.span(span.start, span.end))),
            Some(Err(error)) => {
                let at = self.span(*error.marker(), *error.marker());
                let line = self.source.echo(at).0;
                let (message, hint) = syntax::say(&error, &line);
                self.report.error(at, message).hint_if(hint);
                Err(Stop)
            }
            None => Err(Stop),
        }
    }

    fn span(&self, start: Marker, end: Marker) -> Span {
        let byte =
            |marker: Marker| u32::try_from(marker.byte_offset().unwrap_or(0)).unwrap_or(u32::MAX);
        Span { file: self.file, start: byte(start), end: byte(end).max(byte(start)) }
    }

    /// The node that begins with `event`; `key` is the place of the key before it.
    fn node(&mut self, event: Event<'a>, span: Span, key: Option<Span>) -> Result<Node, Stop> {
        let tagged = event.tag().is_some();
        let anchor = event.anchor_id();
        let mut node = match event {
            Event::Scalar(text, style, ..) => {
                scalar(&text, style, span, key, self.source.slice(span))
            }
            Event::SequenceStart(style, ..) => self.list(style, span, key)?,
            Event::MappingStart(style, ..) => self.map(style, span, key)?,
            Event::Alias(id) => self.alias(id, span)?,
            _ => return Err(Stop),
        };
        node.at = key.unwrap_or(node.span);
        self.count(1, span)?;
        if tagged {
            self.report.error(node.span, "tags (`!…`) mean nothing here").hint("leave it out");
        }
        if let Some(id) = anchor {
            self.anchors.insert(id, node.clone());
        }
        Ok(node)
    }

    fn list(
        &mut self,
        style: StructureStyle,
        start: Span,
        key: Option<Span>,
    ) -> Result<Node, Stop> {
        let mut items = Vec::new();
        let end = loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                break span.end;
            }
            items.push(self.node(event, span, None)?);
        };
        let size = 1 + items.iter().map(|item| item.size).sum::<usize>();
        let span = match style {
            StructureStyle::Flow => Span { end, ..start },
            StructureStyle::Block => key.or(items.first().map(|item| item.span)).unwrap_or(start),
        };
        Ok(Node { span, at: span, value: Value::List(Rc::new(items)), size })
    }

    fn map(&mut self, style: StructureStyle, start: Span, key: Option<Span>) -> Result<Node, Stop> {
        let mut entries = Vec::new();
        let mut merges = Vec::new();
        let mut readable = true;
        let end = loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                break span.end;
            }
            let plain_merge =
                matches!(&event, Event::Scalar(text, ScalarStyle::Plain, ..) if text == "<<");
            let name = self.key(event, span)?;
            let (event, value_span) = self.next()?;
            let node = self.node(event, value_span, Some(span))?;
            readable &= name.is_some();
            if plain_merge {
                merges.push(node);
            } else if let Some(name) = name {
                entries.push(Entry { name: name.as_ref().into(), span, node });
            }
        };
        self.refuse_duplicates(&mut entries);
        self.merge(&mut entries, &merges)?;
        let size = 1 + entries.iter().map(|entry| entry.node.size).sum::<usize>();
        let span = match style {
            StructureStyle::Flow => Span { end, ..start },
            StructureStyle::Block => {
                key.or(entries.first().map(|entry| entry.span)).unwrap_or(start)
            }
        };
        let value = if readable {
            Value::Map(Rc::new(entries))
        } else {
            // Its error is reported; reading goes on as if it had been quoted.
            let text = self.source.slice(Span { end, ..start }).into();
            Value::Scalar(Scalar { text, plain: false })
        };
        Ok(Node { span, at: span, value, size })
    }

    /// A key's text; a key that is no text is reported, read over, and `None`.
    fn key(&mut self, event: Event<'a>, span: Span) -> Result<Option<Cow<'a, str>>, Stop> {
        if let Event::Scalar(text, ..) = event {
            return Ok(Some(text));
        }
        let template =
            self.source.text.get(span.start as usize..).is_some_and(|rest| rest.starts_with('{'));
        let shown = Span { end: span.start + 1, ..span };
        let hint = if template {
            "quote a text with {{ … }}: \"{{ target.name }}\""
        } else {
            "write a word"
        };
        self.report.error(shown, "a key must be a text").hint(hint);
        self.node(event, span, None)?;
        Ok(None)
    }

    fn alias(&mut self, id: usize, span: Span) -> Result<Node, Stop> {
        let Some(node) = self.anchors.get(&id).cloned() else {
            self.report
                .error(span, "this alias stands inside what it names")
                .hint("write the value out");
            return Err(Stop);
        };
        self.count(node.size, span)?;
        Ok(node)
    }

    fn count(&mut self, values: usize, span: Span) -> Result<(), Stop> {
        self.values += values;
        if self.values <= MOST_VALUES {
            return Ok(());
        }
        self.report
            .error(span, format!("more than {MOST_VALUES} values, counting what aliases stand for"))
            .hint("use fewer aliases, or fewer services");
        Err(Stop)
    }

    fn refuse_duplicates(&mut self, entries: &mut Vec<Entry>) {
        let mut first = HashMap::with_capacity(entries.len());
        let report = &mut *self.report;
        entries.retain(|entry| match first.insert(entry.name.clone(), entry.span) {
            None => true,
            Some(earlier) => {
                first.insert(entry.name.clone(), earlier);
                let line = report.place(earlier).line;
                report
                    .error(entry.span, format!("`{}` is here twice", shown::clean(&entry.name)))
                    .hint(format!("the first is in line {line}"));
                false
            }
        });
    }

    /// `<<: *name` and `<<: [*one, *two]`: what the map itself says counts, then the first.
    fn merge(&mut self, entries: &mut Vec<Entry>, merges: &[Node]) -> Result<(), Stop> {
        if merges.is_empty() {
            return Ok(());
        }
        let mut names: HashSet<Rc<str>> = entries.iter().map(|entry| entry.name.clone()).collect();
        for merge in merges {
            let sources = match &merge.value {
                Value::List(items) => items.to_vec(),
                Value::Empty | Value::Scalar(_) | Value::Map(_) => vec![merge.clone()],
            };
            for source in sources {
                let Value::Map(from) = &source.value else {
                    self.report
                        .error(source.span, "`<<` takes a map, or a list of maps")
                        .hint("write  <<: *name  with the anchor of a map");
                    continue;
                };
                self.count(from.len(), source.span)?;
                entries
                    .extend(from.iter().filter(|entry| names.insert(entry.name.clone())).cloned());
            }
        }
        Ok(())
    }
}

/// The parser says `~` where nothing is written.
fn scalar(text: &str, style: ScalarStyle, span: Span, key: Option<Span>, written: &str) -> Node {
    let plain = matches!(style, ScalarStyle::Plain);
    let value = if plain && (text.is_empty() || (text == "~" && written != "~")) {
        Value::Empty
    } else {
        Value::Scalar(Scalar { text: text.into(), plain })
    };
    let span = match (&value, style) {
        (Value::Empty, _) => key.unwrap_or(span),
        (_, ScalarStyle::Literal | ScalarStyle::Folded) => key.unwrap_or(span),
        _ => span,
    };
    Node { span, at: span, value, size: 1 }
}
