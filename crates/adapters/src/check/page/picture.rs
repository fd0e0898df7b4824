//! The picture of a page beside the one of the page that is known to be good.

use std::io::Cursor;

use plimsoll_analyze::page::{Finding, PageFacts, kept_share, shown};
use plimsoll_analyze::picture::{self, Kind, Options, Verdict};
use plimsoll_core::catalog::PictureRule;

/// Where so much of what the good page shows is here and looks the same, by area, the rest is other
/// content: another article, a larger photograph. A page that lost a style sheet keeps next to nothing
/// of its looks, one that lost its largest picture keeps less than half.
const OTHER_CONTENT: f64 = 0.9;

/// What a comparison came to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Compared {
    pub kind: Kind,
    pub verdict: Verdict,
    /// How much of the larger picture differs, from 0 to 1.
    pub share: f64,
}

/// Compares the pictures; none when one of them cannot be read.
pub(super) async fn compare(good: Vec<u8>, here: Vec<u8>) -> Option<Compared> {
    let comparing = tokio::task::spawn_blocking(move || {
        let (mut first, mut second) = (Cursor::new(good), Cursor::new(here));
        let found = picture::diff(&mut first, &mut second, &Options::default()).ok()?;
        Some(Compared { kind: found.kind, verdict: found.verdict, share: found.share() })
    });
    comparing.await.ok().flatten()
}

impl Compared {
    /// Whether nothing that counts differs.
    pub fn is_same(self) -> bool {
        self.verdict == Verdict::Same
    }

    /// What it says against the page.
    pub fn against(
        self,
        rule: PictureRule,
        facts: &PageFacts,
        good: &PageFacts,
    ) -> Option<Finding> {
        let other_content = || {
            self.kind != Kind::Blank
                && kept_share(&facts.looks, &good.looks).is_some_and(|kept| kept >= OTHER_CONTENT)
        };
        let fails = match (rule, self.verdict) {
            (PictureRule::Off, _) | (_, Verdict::Same | Verdict::Minor) => false,
            (PictureRule::Broken, Verdict::Changed) => false,
            (PictureRule::Broken, Verdict::Broken) => !other_content(),
            (PictureRule::Changed, Verdict::Changed | Verdict::Broken) => true,
        };
        let page = shown(&facts.url, facts);
        let what = match (self.verdict, self.kind) {
            (_, Kind::Blank) => format!("{page} has lost what it shows"),
            (Verdict::Broken, _) => format!("{page} has lost its style"),
            _ => format!("{page} looks otherwise"),
        };
        let share = (self.share * 100.0).round();
        let words = format!("{what}: {share} % of the picture changed beside the good page");
        // Nobody wants a page that shows nothing.
        fails.then(|| match self.kind {
            Kind::Blank => Finding::release(words),
            _ => Finding::look(words),
        })
    }

    /// The same as a note, whatever it comes to.
    pub fn note(self) -> String {
        let share = (self.share * 100.0).round();
        let (verdict, kind) = (self.verdict.word(), self.kind.word());
        format!("the picture is {verdict} beside the good page: {kind}, {share} % of it")
    }
}
