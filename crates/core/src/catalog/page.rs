//! Looking at a page as a browser shows it.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::EnvironmentName;

use super::{HttpMatch, Template, Variable};

/// A page, how it is looked at, and what must be seen.
///
/// Without a word of configuration it must answer 2xx, no sub-resource of its own origin may fail,
/// every style sheet of its own origin must apply at least one rule, and it must not be blank.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageCheck {
    /// Appended to the target's URL, or a whole URL.
    pub path: Template,
    /// The windows it is looked at with, one after the other; at least one.
    pub viewports: Vec<Viewport>,
    /// What the visitor prefers.
    pub colours: ColourScheme,
    /// The visitor's language, as `Accept-Language` and to scripts.
    pub locale: Option<String>,
    /// Headers that are sent to the page's own origin, and to no other.
    pub headers: BTreeMap<String, Template>,
    /// User and password, sent to the page's own origin alone.
    pub basic_auth: Option<BasicAuth>,
    /// Cookies of the page's own origin.
    pub cookies: BTreeMap<String, Template>,
    /// What is done before it is looked at.
    pub steps: Vec<PageStep>,
    /// The visible text contains, lacks or matches; all of them.
    pub expect_text: Vec<HttpMatch>,
    /// CSS selectors of which each must find something visible.
    pub expect_elements: Vec<String>,
    /// What the title must be.
    pub expect_title: Option<HttpMatch>,
    /// What the language of the page must be, as its `lang` says.
    pub expect_language: Option<String>,
    /// Which errors of scripts fail the page.
    pub script_errors: ScriptErrors,
    /// More hosts whose resources are as much the site's own.
    pub own_hosts: Vec<String>,
    /// Parts of URLs: what fails there is written down and fails nothing.
    pub ignore: Vec<String>,
    /// Hosts that the page may come from in the end, though they are not its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow_hosts: Vec<String>,
    /// From when on its picture fails it.
    #[serde(default, skip_serializing_if = "PictureRule::is_usual")]
    pub picture: PictureRule,
    /// Where the same page is known to be good: what is wrong there too is not the release's.
    #[serde(default)]
    pub compare_with: CompareWith,
    /// The moment that scripts see, with randomness fixed along with it.
    pub clock: Option<crate::Timestamp>,
    /// Whether a certificate that leads to no root of the system will do.
    pub any_certificate: bool,
    /// Loading stops when all together is larger.
    pub max_bytes: u64,
}

/// From when on the picture of a page fails it, beside the one of the page that is known to be good.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PictureRule {
    /// When it is blank, or has lost its style.
    #[default]
    Broken,
    /// When somebody should look.
    Changed,
    /// Never.
    Off,
}

impl PictureRule {
    fn is_usual(&self) -> bool {
        *self == Self::Broken
    }
}

/// Where a page is known to be good.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CompareWith {
    /// On the targets that the one it is looked at stands for, as they are today; where there are
    /// none, as it was itself when it was last good. Nothing is done there and no secret is sent:
    /// a check that does or sends any is compared only with what is named.
    #[default]
    Usual,
    /// Nowhere: everything counts.
    Nothing,
    /// In that environment, on the target of the same site. *Checked*: it exists.
    Environment(EnvironmentName),
    /// On another site.
    Url(Template),
}

impl PageCheck {
    /// Whether the page may be looked at on a target that nobody named: nothing is done there, and
    /// no secret is sent.
    #[must_use]
    pub fn is_public(&self) -> bool {
        let plain = |template: &Template| {
            !template.variables().any(|variable| matches!(variable, Variable::Secret(_)))
        };
        self.basic_auth.is_none()
            && self.headers.values().chain(self.cookies.values()).all(plain)
            && self.steps.iter().all(PageStep::only_looks)
    }
}

/// The size of a window.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Viewport {
    /// What it is called: `phone`, `desktop`, `1024x768`.
    pub name: String,
    /// # Units
    /// CSS pixels.
    pub width: u32,
    /// # Units
    /// CSS pixels.
    pub height: u32,
    /// Whether it is a device that is held in the hand: touch, and the page's own viewport rules.
    pub mobile: bool,
}

impl Viewport {
    /// A window on a desk.
    #[must_use]
    pub fn desktop() -> Self {
        Self { name: "desktop".to_owned(), width: 1280, height: 800, mobile: false }
    }

    /// A telephone.
    #[must_use]
    pub fn phone() -> Self {
        Self { name: "phone".to_owned(), width: 390, height: 844, mobile: true }
    }
}

/// Which colours the visitor prefers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColourScheme {
    /// Dark on light.
    #[default]
    Light,
    /// Light on dark.
    Dark,
}

/// Which errors of scripts fail a page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScriptErrors {
    /// None, unless the page it is compared with does not have them. All are written down.
    #[default]
    New,
    /// Every exception that nothing catches.
    Exceptions,
    /// Every such exception, and everything that is written to the console as an error.
    All,
}

/// A user and a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BasicAuth {
    /// The user.
    pub user: Template,
    /// The password.
    pub password: Template,
}

/// One thing that is done on a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PageStep {
    /// Goes to a path or URL.
    Go(Template),
    /// Clicks on the first visible element that the selector finds.
    Click(String),
    /// Fills in a field.
    Fill {
        /// The field's selector.
        field: String,
        /// What is typed; it may hold a secret.
        with: Template,
    },
    /// Presses a key: `Enter`, `Tab`, `a`.
    Press(String),
    /// Waits until the selector finds something visible.
    WaitFor(String),
    /// Waits until the text can be seen.
    Expect(String),
}

impl PageStep {
    /// Whether it does nothing that a site could take for a wish.
    #[must_use]
    pub const fn only_looks(&self) -> bool {
        match self {
            Self::Go(_) | Self::WaitFor(_) | Self::Expect(_) => true,
            Self::Click(_) | Self::Fill { .. } | Self::Press(_) => false,
        }
    }
}

impl fmt::Display for PageStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Go(path) => write!(f, "go {path}"),
            Self::Click(selector) => write!(f, "click {selector}"),
            Self::Fill { field, .. } => write!(f, "fill {field}"),
            Self::Press(key) => write!(f, "press {key}"),
            Self::WaitFor(selector) => write!(f, "wait-for {selector}"),
            Self::Expect(text) => write!(f, "expect {text:?}"),
        }
    }
}
