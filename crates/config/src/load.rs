//! From a file, and those it includes, to a catalog.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use plimsoll_core::catalog::Catalog;

use crate::diagnostic::Diagnostic;
use crate::elements::{Include, read_catalog, read_include};
use crate::reader::Reader;
use crate::report::Report;
use crate::source::{Disk, LARGEST_BYTES, ReadError, Source, Texts};
use crate::text::{Node, SourceText, Span, Value, parse};

/// More included files than this are a mistake in a `*`.
const MOST_FILES: usize = 500;

/// A configuration without errors.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// What it says.
    pub catalog: Catalog,
    /// What is allowed, but will not be what was meant.
    pub warnings: Vec<Diagnostic>,
    /// Every file that was read, the main one first.
    pub files: Vec<PathBuf>,
    /// The folder of the main file, to which paths in it are relative.
    pub root: PathBuf,
}

/// Reads a configuration and the files that it includes.
///
/// # Errors
/// Everything that is wrong with it, in the order of the text: show all of it, with
/// [`render_all`](crate::render_all). Nothing is loaded.
pub fn load(path: &Path) -> Result<Loaded, Vec<Diagnostic>> {
    load_from(&Disk, path)
}

/// Reads a configuration from texts by path, as if they were files.
///
/// # Errors
/// As [`load`].
pub fn load_texts<'t>(
    main: &Path,
    texts: impl IntoIterator<Item = (&'t str, &'t str)>,
) -> Result<Loaded, Vec<Diagnostic>> {
    let texts = texts.into_iter().map(|(path, text)| (path.into(), text.as_bytes().to_vec()));
    load_from(&Texts(texts.collect()), main)
}

/// Reads any bytes as a configuration, for fuzzing: whatever they are, there is an answer.
#[doc(hidden)]
pub fn fuzz(bytes: &[u8]) {
    let path = PathBuf::from("plimsoll.yaml");
    let source = Texts(BTreeMap::from([(path.clone(), bytes.to_vec())]));
    if let Err(errors) = load_from(&source, &path) {
        assert!(!errors.is_empty() && !crate::render_all(&errors, true).is_empty());
    }
}

fn load_from(source: &dyn Source, main: &Path) -> Result<Loaded, Vec<Diagnostic>> {
    let mut report = Report::default();
    let mut reader = Reader {
        report: &mut report,
        roles: Rc::default(),
        secrets: Rc::default(),
        used: Vec::new(),
        directories: BTreeMap::new(),
    };
    let root = match main.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        Some(_) | None => PathBuf::from("."),
    };
    let mut loader = Loader {
        source,
        reader: &mut reader,
        folder: root.clone(),
        roots: Vec::new(),
        read: BTreeMap::new(),
    };
    loader.visit(main, None, &mut Vec::new());
    let roots = loader.roots;
    let catalog = if roots.is_empty() { None } else { read_catalog(&mut reader, &roots) };
    let files: Vec<PathBuf> = report.files().map(Path::to_owned).collect();
    let warnings = report.finish()?;
    let catalog = catalog.expect("a catalog is only missing where an error was reported");
    Ok(Loaded { catalog, warnings, files, root })
}

struct Loader<'a, 'r> {
    source: &'a dyn Source,
    reader: &'a mut Reader<'r>,
    /// The folder of the main file.
    folder: PathBuf,
    roots: Vec<Node>,
    /// Every file so far, and where it is included.
    read: BTreeMap<PathBuf, Option<Span>>,
}

impl Loader<'_, '_> {
    fn visit(&mut self, path: &Path, from: Option<Span>, open: &mut Vec<PathBuf>) {
        self.read.insert(path.to_owned(), from);
        let bytes = match self.source.read(path) {
            Ok(bytes) => bytes,
            Err(error) => return self.unreadable(path, from, &error),
        };
        let Some(root) = self.parse(path, &bytes) else { return };
        let includes = read_include(self.reader, &root);
        self.roots.push(root);
        open.push(path.to_owned());
        for include in includes {
            for file in self.files_of(path, &include) {
                self.include(&file, include.span, open);
            }
        }
        open.pop();
    }

    fn include(&mut self, file: &Path, span: Span, open: &mut Vec<PathBuf>) {
        if let Some(first) = open.iter().position(|path| path == file) {
            let circle: Vec<String> =
                open[first..].iter().map(|path| path.display().to_string()).collect();
            let message =
                format!("this includes itself: {} → {}", circle.join(" → "), file.display());
            self.reader.error(span, message).hint("leave it out");
        } else if let Some(earlier) = self.read.get(file) {
            let place = earlier.map(|earlier| self.reader.report.other_place(earlier, span));
            self.reader
                .error(span, format!("{} is included twice", file.display()))
                .hint_if(place.map(|place| format!("the first is in {place}")));
        } else if self.source.leads_out(file, &self.folder) {
            self.leads_out(file, span);
        } else if self.read.len() >= MOST_FILES {
            self.reader
                .error(span, format!("more than {MOST_FILES} files"))
                .hint("put several services into one");
        } else {
            self.visit(file, Some(span), open);
        }
    }

    /// Whoever writes the configuration must not be shown what stands elsewhere on the machine.
    fn leads_out(&mut self, path: &Path, span: Span) {
        let message =
            format!("{}: a link leads out of the folder of the configuration", path.display());
        self.reader.error(span, message).hint("put the file itself there");
    }

    /// The files that a name stands for, in order.
    fn files_of(&mut self, from: &Path, include: &Include) -> Vec<PathBuf> {
        let folder = from.parent().unwrap_or(Path::new("")).join(&include.folder);
        let Some((start, end)) = include.file.split_once('*') else {
            return vec![folder.join(&include.file)];
        };
        if self.source.leads_out(&folder, &self.folder) {
            self.leads_out(&folder, include.span);
            return Vec::new();
        }
        let names = self.source.list(&folder).unwrap_or_default();
        let fits = |name: &String| {
            name.len() >= start.len() + end.len()
                && name.starts_with(start)
                && name.ends_with(end)
                && !name.starts_with('.')
        };
        let mut names: Vec<String> = names.into_iter().filter(fits).collect();
        names.sort_unstable();
        let files: Vec<PathBuf> =
            names.iter().map(|name| folder.join(name)).filter(|file| file != from).collect();
        if files.is_empty() {
            self.reader
                .error(include.span, "there is no such file")
                .hint("leave it out until there is one");
        }
        files
    }

    fn parse(&mut self, path: &Path, bytes: &[u8]) -> Option<Node> {
        let text = String::from_utf8_lossy(bytes);
        let (file, source) = self.reader.report.add_file(SourceText::new(path.to_owned(), &text));
        let mark = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let at = |offset: usize| {
            let start = u32::try_from(offset).unwrap_or(u32::MAX);
            Span { file, start, end: start.saturating_add(1) }
        };
        if let Err(error) = std::str::from_utf8(bytes) {
            self.reader
                .error(at(error.valid_up_to().saturating_sub(mark)), "this is not UTF-8")
                .hint("save the file as UTF-8");
            return None;
        }
        let forbidden = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}');
        if let Some((offset, c)) = source.text.char_indices().find(|(_, c)| forbidden(*c)) {
            let message =
                format!("the control character {} cannot stand in YAML", c.escape_unicode());
            self.reader
                .error(at(offset), message)
                .hint("write it with an escape, in double quotes");
            return None;
        }
        let root = parse(file, &source, self.reader.report);
        if let Some(Node { value: Value::Empty, .. }) = root {
            self.reader
                .error(at(0), "this file is empty")
                .hint("let  plimsoll init  write a first one");
            return None;
        }
        root.or_else(|| {
            if self.reader.report.errors() == 0 {
                self.reader
                    .error(at(0), "this file is empty")
                    .hint("let  plimsoll init  write a first one");
            }
            None
        })
    }

    fn unreadable(&mut self, path: &Path, from: Option<Span>, error: &ReadError) {
        let (message, hint) = match error {
            ReadError::Missing if from.is_none() => (
                "there is no such file".to_owned(),
                "let  plimsoll init  write a first one, or say --config",
            ),
            ReadError::Missing => {
                ("there is no such file".to_owned(), "the path is relative to this file")
            }
            ReadError::TooLarge => (
                format!("the file is larger than {} MiB", LARGEST_BYTES >> 20),
                "split it, and name the parts under include:",
            ),
            ReadError::NoFile => ("this is not a file".to_owned(), "name a file"),
            ReadError::System(why) => {
                (format!("it cannot be read: {why}"), "look at its permissions")
            }
        };
        match from {
            Some(span) => {
                self.reader.error(span, format!("{}: {message}", path.display())).hint(hint)
            }
            None => self.reader.report.file_error(path, message).hint(hint),
        }
    }
}
