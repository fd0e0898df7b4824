//! Collects what is wrong while reading goes on.

use std::path::Path;
use std::rc::Rc;

use crate::diagnostic::{Diagnostic, Severity};
use crate::text::{Place, SourceText, Span, clean};

/// The errors that are kept. Nobody mends more at once, and each costs a look at its line.
const MOST: usize = 200;

/// The files, and what is wrong with them so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    files: Vec<Rc<SourceText>>,
    found: Vec<Diagnostic>,
    errors: usize,
    warnings: usize,
}

/// Where a hint goes: to the diagnostic just made, or nowhere when it was one too many.
pub(crate) struct Noted<'a>(Option<&'a mut Diagnostic>);

impl Noted<'_> {
    /// Says what to do.
    pub fn hint(self, hint: impl Into<String>) {
        self.hint_if(Some(hint));
    }

    /// Does not show what stands after the place, which may be a secret.
    pub fn cut(mut self) -> Self {
        if let Some(one) = &mut self.0 {
            let shown: String = one.line_text.chars().take(one.caret + one.length).collect();
            one.line_text = shown + ": …";
        }
        self
    }

    /// Says what to do, if that is known.
    pub fn hint_if(self, hint: Option<impl Into<String>>) {
        if let (Some(diagnostic), Some(hint)) = (self.0, hint) {
            diagnostic.hint = Some(hint.into());
        }
    }
}

impl Report {
    /// Takes in a file; its number is in every place in it.
    pub fn add_file(&mut self, source: SourceText) -> (u32, Rc<SourceText>) {
        let source = Rc::new(source);
        self.files.push(source.clone());
        (u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX), source)
    }

    /// The files so far, in the order of reading.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|file| file.path.as_path())
    }

    /// The text of a place, as written.
    pub fn slice(&self, span: Span) -> &str {
        self.file(span).slice(span)
    }

    /// The line and column of a place.
    pub fn place(&self, span: Span) -> Place {
        self.file(span).place(span)
    }

    /// `line 4`, or `sites/nl.yaml:4` when that is another file than the one of `seen_from`.
    pub fn other_place(&self, span: Span, seen_from: Span) -> String {
        let line = self.place(span).line;
        if span.file == seen_from.file {
            format!("line {line}")
        } else {
            format!("{}:{line}", self.file(span).path.display())
        }
    }

    /// Notes an error.
    pub fn error(&mut self, span: Span, message: impl Into<String>) -> Noted<'_> {
        self.note(Severity::Error, span, message.into())
    }

    /// Notes a warning.
    pub fn warning(&mut self, span: Span, message: impl Into<String>) -> Noted<'_> {
        self.note(Severity::Warning, span, message.into())
    }

    /// Notes an error about a file that could not be read at all.
    pub fn file_error(&mut self, file: &Path, message: impl Into<String>) -> Noted<'_> {
        self.errors += 1;
        self.found.push(Diagnostic {
            severity: Severity::Error,
            file: file.to_owned(),
            line: 0,
            column: 0,
            length: 1,
            message: message.into(),
            line_text: String::new(),
            caret: 0,
            hint: None,
        });
        Noted(self.found.last_mut())
    }

    /// How many errors there are so far.
    pub fn errors(&self) -> usize {
        self.errors
    }

    /// Whether nothing more is kept, so that looking for hints is in vain.
    pub fn is_full(&self) -> bool {
        self.errors >= MOST
    }

    /// `did you mean …?` for the known text that is nearest to what was written.
    pub fn did_you_mean<'k>(
        &self,
        text: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) -> Option<String> {
        if self.is_full() || text.len() > 80 {
            return None;
        }
        let wanted = text.to_lowercase().replace('_', "-");
        let most = (wanted.chars().count() / 3).clamp(1, 3);
        known
            .into_iter()
            .map(|name| (strsim::damerau_levenshtein(&wanted, &name.to_lowercase()), name))
            .filter(|(distance, _)| *distance <= most)
            .min_by_key(|(distance, _)| *distance)
            .map(|(_, name)| format!("did you mean `{}`?", clean(name)))
    }

    /// Errors if there are any, or the warnings; in the order of the text, each once.
    pub fn finish(mut self) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
        let more = self.errors.saturating_sub(MOST);
        if let (1.., Some(main)) = (more, self.files.first().cloned()) {
            self.file_error(&main.path, format!("{more} more errors are not shown"))
                .hint("mend those below first");
        }
        let order: Vec<_> = self.files.iter().map(|file| file.path.clone()).collect();
        let number = |one: &Diagnostic| order.iter().position(|path| *path == one.file);
        self.found
            .sort_by_cached_key(|one| (number(one), one.line, one.column, one.message.clone()));
        self.found.dedup();
        let (errors, warnings): (Vec<_>, Vec<_>) =
            self.found.into_iter().partition(|one| one.severity == Severity::Error);
        if errors.is_empty() { Ok(warnings) } else { Err(errors) }
    }

    fn note(&mut self, severity: Severity, span: Span, message: String) -> Noted<'_> {
        let count = match severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        };
        *count += 1;
        if *count > MOST {
            return Noted(None);
        }
        let file = self.file(span).clone();
        let Place { line, column, length } = file.place(span);
        let (line_text, caret) = file.echo(span);
        self.found.push(Diagnostic {
            severity,
            file: file.path.clone(),
            line,
            column,
            length,
            message,
            line_text,
            caret,
            hint: None,
        });
        Noted(self.found.last_mut())
    }

    fn file(&self, span: Span) -> &Rc<SourceText> {
        &self.files[span.file as usize]
    }
}
