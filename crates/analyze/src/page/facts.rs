//! Everything that is known of a page that was looked at.

use serde::{Deserialize, Serialize};

use super::contest::Contest;
use super::failure::Failure;
use super::idle::{Idle, Unset};
use super::judge::files::matters;
use super::layout::{Direction, Gap};
use super::leftover::Leftover;
use super::lists::Listed;
use super::looks::{KindLook, Unread};
use super::seen::SheetContent;
use super::unfilled::Unfilled;

/// A page as it was seen once, in one window size.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct PageFacts {
    /// Which measures were taken, as [`PageFacts::MEASURES`] counts them: of a look that was kept before one
    /// was, nobody knows what it would have said.
    #[serde(default)]
    pub measures: u32,
    /// The name of the window size.
    pub viewport: String,
    /// The URL that was asked for.
    pub asked: String,
    /// The URL in the end.
    pub url: String,
    /// Where the document came from, whatever scripts have put into the address since.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub document: String,
    /// The status of the main document.
    pub status: Option<u16>,
    /// Its type.
    pub mime: String,
    /// Why there is no main document.
    pub document_failure: Option<Failure>,
    /// The redirects that led to it.
    pub redirects: Vec<Redirect>,
    /// How often the page went on by itself to another one.
    pub navigations: u32,
    /// The title.
    pub title: String,
    /// The language, as `lang` says.
    pub language: String,
    /// Whether nothing at all can be seen.
    pub blank: bool,
    /// The beginning of the visible text.
    pub text: String,
    /// How much visible text there is.
    ///
    /// # Units
    /// Characters.
    #[serde(default)]
    pub text_length: u64,
    /// What the elements look like, by kind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub looks: Vec<KindLook>,
    /// What every rule that applies declares. Only what a rule does is kept, with its sheet.
    #[serde(skip)]
    pub live: Vec<u32>,
    /// Frames of the same origin that can be seen, and whether they show nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frames: Vec<(String, bool)>,
    /// The picture that was taken of it, as it is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// Style sheets, `@import`s after those that import them.
    pub style_sheets: Vec<StyleSheet>,
    /// Fonts that the page declares.
    pub fonts: Vec<Font>,
    /// Pictures that came and could not be decoded.
    pub broken_images: Vec<String>,
    /// Pictures of a pixel or two that stand where larger ones would.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dots: Vec<String>,
    /// Kinds of pictures of which none shows anything: what stands in for a picture until it is there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hollow: Vec<Unread>,
    /// Where the page says that its visitor is sent after a while.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sends_to: Option<String>,
    /// What programs and templates left in the text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leftovers: Vec<Leftover>,
    /// Drawings that are taken from elsewhere, and are not there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub empty_drawings: Vec<String>,
    /// Kinds of elements whose text nobody can read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<Unread>,
    /// Who wins where several rules say one thing of one kind of elements in different ways.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contests: Vec<Contest>,
    /// Which way nearly all of its text reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// Which way its letters want to be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letters: Option<Direction>,
    /// The highest part in which nothing can be seen, though something follows: a window's height at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap: Option<Gap>,
    /// Text that nobody wrote, in the place of words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unfilled: Vec<Unfilled>,
    /// Tables and lists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lists: Vec<Listed>,
    /// Declarations that do nothing, since what they need is gone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub idle: Vec<Idle>,
    /// Variables that rules ask for and nothing sets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unset: Vec<Unset>,
    /// Everything that was asked for beside the main document.
    pub resources: Vec<Resource>,
    /// Those that weigh most, the heaviest first.
    ///
    /// # Units
    /// Bytes.
    pub heaviest: Vec<Ranked>,
    /// Those that took longest, the slowest first.
    ///
    /// # Units
    /// Milliseconds.
    pub slowest: Vec<Ranked>,
    /// More resources than are listed.
    pub more_resources: u32,
    /// Errors of scripts and of the browser.
    pub console: Vec<ConsoleLine>,
    /// More errors than are listed.
    pub more_console: u32,
    /// Exceptions that nothing caught, listed or not.
    pub exceptions: u32,
    /// Dialogs that were opened, and dismissed.
    pub dialogs: u32,
    /// Windows that were opened, and closed.
    pub pop_ups: u32,
    /// Downloads that were begun, and denied.
    pub downloads: u32,
    /// Everything that came over the network.
    pub bytes: u64,
    /// What kept on being asked, when the network never became quiet.
    pub never_quiet: Option<String>,
    /// No two pictures in a row were equal.
    pub unsteady: bool,
    /// From the first request until it was ready; none when it never was.
    pub ready_ms: Option<u64>,
}

/// A redirect of the main document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Redirect {
    /// Its status.
    pub status: u16,
    /// Where it leads.
    pub to: String,
}

/// Something that the page asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Resource {
    /// Its URL.
    pub url: String,
    /// What it is, in the protocol's words: `Stylesheet`, `Script`, `Image`, `Font`, `Fetch`; of what it
    /// calls `Other`, `Icon`, `Prefetched` and `Preloaded` are told apart.
    pub kind: String,
    /// The status of the answer.
    pub status: Option<u16>,
    /// The type of the answer.
    pub mime: String,
    /// As it came over the network.
    pub bytes: u64,
    /// From the request to the end of the answer; none when it never ended.
    pub took_ms: Option<u64>,
    /// Why it is not there.
    pub failure: Option<Failure>,
    /// Whether the answer holds nothing at all.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub empty: bool,
    /// Whether it is a picture without its end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut_short: bool,
}

/// A resource that stands out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Ranked {
    /// Its URL.
    pub url: String,
    /// By how much.
    pub by: u64,
}

impl Ranked {
    /// How many are listed.
    pub const MOST: usize = 5;

    /// The greatest ones, of those that have any.
    pub(super) fn of(all: &[Resource], by: impl Fn(&Resource) -> u64) -> Vec<Self> {
        let mut ranked: Vec<Self> = all
            .iter()
            .map(|one| Self { url: one.url.clone(), by: by(one) })
            .filter(|one| one.by > 0)
            .collect();
        ranked.sort_by(|one, other| other.by.cmp(&one.by).then_with(|| one.url.cmp(&other.url)));
        ranked.truncate(Self::MOST);
        ranked
    }
}

/// A style sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct StyleSheet {
    /// Where it is from; none for `<style>`.
    pub url: Option<String>,
    /// The sheet that imports it.
    pub imported_by: Option<String>,
    /// Whether the browser made a style sheet of it.
    pub applied: bool,
    /// Whether it is for something else than this screen: for printers, for a wider one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unused: bool,
    /// The rules that it applies, without those of its imports; none when they may not be read.
    pub rules: Option<u32>,
    /// What the file holds.
    pub content: SheetContent,
    /// What its rules do to the page, as it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<Effect>,
}

/// A rule that applies to something on the page.
///
/// # Shape
/// Written as one line: the kinds, the declarations, and the selector, `1f2e3d4c 0a1b2c3d,99887766 .hero`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Effect {
    /// Its selector.
    pub selector: String,
    /// Kinds of elements that it finds, as in [`KindLook::kind`].
    pub on: Vec<u32>,
    /// A number for each of its first properties, with the selector.
    pub declares: Vec<u32>,
}

impl From<Effect> for String {
    fn from(one: Effect) -> Self {
        format!("{} {} {}", hex_list(&one.on), hex_list(&one.declares), one.selector)
    }
}

impl TryFrom<String> for Effect {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("`{text}` is nothing that a rule does");
        let mut parts = text.splitn(3, ' ');
        let mut next = || parts.next().ok_or_else(wrong);
        let (on, declares) = (next()?, next()?);
        let read = |list: &str| read_hex_list(list).ok_or_else(wrong);
        Ok(Self { on: read(on)?, declares: read(declares)?, selector: next()?.to_owned() })
    }
}

/// Numbers as eight hexadecimal digits each.
pub(super) fn hex_list(numbers: &[u32]) -> String {
    let digits: Vec<_> = numbers.iter().map(|number| format!("{number:08x}")).collect();
    digits.join(",")
}

/// Reads [`hex_list`].
pub(super) fn read_hex_list(text: &str) -> Option<Vec<u32>> {
    let parts = text.split(',').filter(|part| !part.is_empty());
    parts.map(|part| u32::from_str_radix(part, 16).ok()).collect()
}

/// A font.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Font {
    /// Its family.
    pub family: String,
    /// `loaded`, `error`, or `unloaded` when nothing on the page uses it.
    pub status: String,
    /// Where it is from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub urls: Vec<String>,
}

/// What kind of line it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConsoleKind {
    /// An exception that nothing caught.
    Exception,
    /// An error that a script wrote.
    Error,
    /// An error that the browser wrote: a policy, a type, a network failure.
    Browser,
}

/// An error of a script or of the browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ConsoleLine {
    /// What kind of line.
    pub kind: ConsoleKind,
    /// Its text.
    pub text: String,
    /// `URL:line:column`, where it is known.
    pub place: Option<String>,
}

impl StyleSheet {
    /// Whether it applies a rule, as far as its rules may be read.
    #[must_use]
    pub fn applies(&self) -> bool {
        self.applied && !self.unused && self.rules != Some(0)
    }
}

impl PageFacts {
    /// The measures that are taken now.
    pub const MEASURES: u32 = 1;

    /// Whether all measures were taken.
    #[must_use]
    pub const fn is_measured(&self) -> bool {
        self.measures >= Self::MEASURES
    }

    /// Style sheets that apply at least one rule.
    #[must_use]
    pub fn applied_sheets(&self) -> usize {
        self.style_sheets.iter().filter(|sheet| sheet.applies()).count()
    }

    /// Rules of all style sheets that may be read.
    #[must_use]
    pub fn rules(&self) -> u32 {
        let used = self.style_sheets.iter().filter(|sheet| !sheet.unused);
        used.filter_map(|sheet| sheet.rules).sum()
    }

    /// Resources that a visitor may miss.
    #[must_use]
    pub fn missed(&self) -> usize {
        self.failed().filter(|(one, failure)| matters(one, failure)).count()
    }

    /// Resources that failed.
    pub fn failed(&self) -> impl Iterator<Item = (&Resource, &Failure)> {
        self.resources.iter().filter_map(|one| Some((one, one.failure.as_ref()?)))
    }
}
