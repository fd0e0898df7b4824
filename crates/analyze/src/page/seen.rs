//! What a script saw on the page itself.

use serde::{Deserialize, Serialize};

use super::contest::Contest;
use super::facts::Font;
use super::idle::{Idle, Unset};
use super::lists::Listed;

/// What a script saw on the page itself, once it was ready.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Seen {
    /// Where the page is.
    pub url: String,
    /// Its title.
    pub title: String,
    /// Its language.
    pub language: String,
    /// The visible text, as it is painted.
    pub text: String,
    /// The same as it is written in the page, where the style changes letters.
    pub written: String,
    /// The text without what is shown as code, where there is such.
    pub prose: Option<String>,
    /// What the style writes before and after elements.
    pub styled_text: String,
    /// Whether that is all of the text.
    pub whole: bool,
    /// Whether nothing at all can be seen.
    pub blank: bool,
    /// What stands in fields that are not for passwords, and in labels.
    pub fields: String,
    /// Whether something is painted that holds no text that could be read.
    pub canvas: bool,
    /// Every style sheet.
    pub sheets: Vec<SeenSheet>,
    /// What every rule that applies declares.
    pub live: Vec<u32>,
    /// Kinds of elements with the looks that they have.
    pub kinds: Vec<SeenKind>,
    /// Frames of the same origin that can be seen, and whether they show nothing.
    pub frames: Vec<(String, bool)>,
    /// Fonts that the page declares.
    pub fonts: Vec<Font>,
    /// Pictures that could not be decoded.
    pub broken_images: Vec<String>,
    /// Pictures of a pixel or two that stand where larger ones would.
    pub dots: Vec<String>,
    /// Kinds of pictures of which none shows anything, with their names.
    pub hollow: Vec<(u32, String)>,
    /// Where the page says that its visitor is sent after a while.
    pub sends_to: Option<String>,
    /// Drawings that are taken from elsewhere, and are not there.
    pub empty_drawings: Vec<String>,
    /// Kinds of elements whose text has the colour of what is behind it, as the style says.
    pub faint: Vec<SeenFaint>,
    /// Who wins where several rules say one thing of one kind of elements in different ways.
    pub contests: Vec<Contest>,
    /// `rtl` or `ltr`, where nearly all of the text reads like that.
    pub direction: String,
    /// The highest part in which nothing stands: its top, its height, and the width of the page.
    ///
    /// # Units
    /// CSS pixels.
    pub gap: Option<[f64; 3]>,
    /// Texts that may be nothing that anybody wrote.
    pub suspects: Vec<SeenSuspect>,
    /// Tables and lists.
    pub lists: Vec<Listed>,
    /// Declarations that do nothing, since what they need is gone.
    pub idle: Vec<Idle>,
    /// Variables that rules ask for and nothing sets.
    pub unset: Vec<Unset>,
    /// Selectors, of those that were asked for, that find nothing visible.
    pub missing: Vec<String>,
}

/// Elements of one kind as the page has them.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct SeenKind {
    /// A number for the kind.
    pub kind: u32,
    /// A number for each look.
    pub styles: Vec<u32>,
    /// # Units
    /// Square CSS pixels.
    pub area: f64,
}

/// A text that may be nothing that anybody wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct SeenSuspect {
    /// A number for the kind of its element.
    pub kind: u32,
    /// The name and classes of the element.
    pub name: String,
    /// Whether it stands in a heading, a button, or where else a site names what it has.
    pub label: bool,
    /// All of it.
    pub text: String,
}

/// Elements of one kind whose text has the colour of what is behind it, as the style says.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct SeenFaint {
    /// A number for the kind.
    pub kind: u32,
    /// The name and classes of its elements.
    pub name: String,
    /// Where lines of its text stand: left, top, width, height.
    ///
    /// # Units
    /// CSS pixels from the left and the top of the page.
    pub lines: Vec<[f64; 4]>,
}

/// A style sheet as the page has it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct SeenSheet {
    /// Where it is from.
    pub url: Option<String>,
    /// The sheet that imports it.
    pub by: Option<String>,
    /// Whether there is a sheet.
    pub applied: bool,
    /// Whether it is for something else than this screen.
    pub unused: bool,
    /// How many rules it has.
    pub rules: Option<u32>,
    /// What its rules do to the page.
    pub effects: Vec<SeenEffect>,
}

/// A rule that applies to something, as the page has it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct SeenEffect {
    /// Its selector.
    pub selector: String,
    /// Kinds of elements that it finds.
    pub on: Vec<u32>,
    /// A number for each of its first properties, with the selector.
    pub declares: Vec<u32>,
}

/// What the file of a style sheet holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SheetContent {
    /// Nobody looked.
    #[default]
    Unknown,
    /// Rules, or at least nothing else.
    Css,
    /// Nothing at all.
    Empty,
    /// Nothing but comments.
    Comments,
    /// A page instead of a style sheet.
    Html,
}

impl SheetContent {
    /// What these bytes are.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
        // `<!--` may stand in a style sheet; every other `<` begins a page.
        match text {
            [] => Self::Empty,
            [b'<', rest @ ..] if !rest.starts_with(b"!--") => Self::Html,
            [b'<', ..] if holds_page(text) => Self::Html,
            _ if holds_comments_alone(text) => Self::Comments,
            _ => Self::Css,
        }
    }
}

fn holds_comments_alone(mut text: &[u8]) -> bool {
    while let Some(comment) = text.strip_prefix(b"/*") {
        let Some(end) = comment.windows(2).position(|two| two == b"*/") else { return false };
        text = comment[end + 2..].trim_ascii_start();
    }
    text.is_empty()
}

fn holds_page(text: &[u8]) -> bool {
    let start = &text[..text.len().min(2_048)];
    let lower = start.to_ascii_lowercase();
    [b"<html".as_slice(), b"<!doctype", b"<head", b"<body"]
        .iter()
        .any(|tag| lower.windows(tag.len()).any(|part| part == *tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_in_the_place_of_a_style_sheet_is_recognised() {
        for (bytes, content) in [
            (b"".as_slice(), SheetContent::Empty),
            (b"\xef\xbb\xbf \n", SheetContent::Empty),
            (b"\xef\xbb\xbfbody{}", SheetContent::Css),
            (b"/* only words */", SheetContent::Comments),
            (b"/* words */ /**/\n", SheetContent::Comments),
            (b"/* words */ a{}", SheetContent::Css),
            (b"/* words", SheetContent::Css),
            (b"<!-- a{} -->", SheetContent::Css),
            (b"\n<!DOCTYPE html><html>", SheetContent::Html),
            (b"<html><style>a{}</style>", SheetContent::Html),
            (b"<!-- cached --><!doctype html>", SheetContent::Html),
            (b"<?xml version='1.0'?>", SheetContent::Html),
        ] {
            assert_eq!(SheetContent::of(bytes), content, "{}", bytes.escape_ascii());
        }
    }
}
