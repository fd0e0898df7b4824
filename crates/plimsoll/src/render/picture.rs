//! How two pictures differ.

use plimsoll_core::record::State;
use plimsoll_core::say::{count, mark};
use plimsoll_wire::{
    PictureKindView, PictureRegionView, PictureSideView, PictureVerdictView, PictureView,
    PicturesView,
};

use super::Style;

/// Regions that are shown; programs get all.
const SHOWN: usize = 12;

/// How two pictures differ, the largest changes first.
#[must_use]
pub fn picture(view: &PictureView, second: &str, style: &Style) -> String {
    let mut text = style.answer(mark(state(view.verdict)), &sentence(view));
    for region in view.regions.iter().take(SHOWN) {
        text.push_str(&line(region));
    }
    let hidden = view.regions.len().saturating_sub(SHOWN) as u64 + view.regions_left_out;
    if hidden > 0 {
        text.push_str(&format!("  and {}\n", more(hidden)));
    }
    match (&view.output, view.verdict) {
        (Some(output), _) => text.push_str(&style.next(&format!("look at {output}"))),
        (None, PictureVerdictView::Same) => {}
        (None, _) => {
            let framed = "--output framed.png  shows them in ";
            text.push_str(&style.next(&format!("{framed}{second}")));
        }
    }
    text
}

/// What became of many pairs; those that are the same are counted only.
#[must_use]
pub fn pictures(view: &PicturesView, style: &Style) -> String {
    let worst = match (view.errored, view.different) {
        (0, 0) => State::Satisfied,
        (0, _) => State::Failed,
        (_, _) => State::Errored,
    };
    let (same, different, errored) = (view.same, view.different, view.errored);
    let sentence = format!("Compared: {same} the same, {different} different, {errored} errored.");
    let mut text = style.answer(mark(worst), &sentence);
    for pair in &view.pairs {
        let said = match (&pair.difference, &pair.error) {
            (Some(difference), _) if difference.verdict == PictureVerdictView::Same => continue,
            (Some(difference), _) => sentence_of(difference),
            (None, Some(error)) => error.clone(),
            (None, None) => continue,
        };
        text.push_str(&format!("  {}  {}\n", style.text(&pair.second), style.text(&said)));
    }
    text
}

fn sentence_of(view: &PictureView) -> String {
    let pixels = count(usize::try_from(view.different_pixels).unwrap_or(usize::MAX), "pixel");
    format!("{}, {pixels}", word(view.kind))
}

fn sentence(view: &PictureView) -> String {
    let soft = match view.anti_aliased_pixels {
        0 => String::new(),
        n => format!(", and {n} soft edges that do not count"),
    };
    match view.verdict {
        PictureVerdictView::Same if view.identical => "Same: every pixel is equal.".to_owned(),
        PictureVerdictView::Same => format!("Same: nothing that counts differs{soft}."),
        PictureVerdictView::Minor => format!("Minor: {}{soft}.", sentence_of(view)),
        PictureVerdictView::Changed => {
            format!("Changed: {}{}{soft}.", sentence_of(view), height(view))
        }
        PictureVerdictView::Broken => {
            let why = match view.kind {
                PictureKindView::Blank => "nothing is to be seen any more",
                PictureKindView::Same
                | PictureKindView::Shifted
                | PictureKindView::TextOnly
                | PictureKindView::NewBlock
                | PictureKindView::Restyled
                | PictureKindView::MissingBlock => "the page has lost its style",
            };
            format!("Broken: {why} ({}{soft}).", sentence_of(view))
        }
    }
}

/// How much higher or lower the second picture is.
fn height(view: &PictureView) -> String {
    let (before, after) = (view.first.height, view.second.height);
    match (after.checked_sub(before), before.checked_sub(after)) {
        (Some(0), _) | (None, None) => String::new(),
        (Some(more), _) => format!(", {more} px higher"),
        (None, Some(less)) => format!(", {less} px lower"),
    }
}

fn line(region: &PictureRegionView) -> String {
    let PictureRegionView { x, y, width, height, .. } = region;
    let only = match region.picture {
        PictureSideView::First => ", in the first picture",
        PictureSideView::Second => "",
    };
    let place = format!("{width}×{height} at {x},{y}");
    format!("  {:<14} {place}{only}\n", word(region.kind))
}

fn more(hidden: u64) -> String {
    count(usize::try_from(hidden).unwrap_or(usize::MAX), "smaller region")
}

const fn state(verdict: PictureVerdictView) -> State {
    match verdict {
        PictureVerdictView::Same => State::Satisfied,
        PictureVerdictView::Minor => State::Flaky,
        PictureVerdictView::Changed | PictureVerdictView::Broken => State::Failed,
    }
}

const fn word(kind: PictureKindView) -> &'static str {
    match kind {
        PictureKindView::Same => "same",
        PictureKindView::Shifted => "shifted",
        PictureKindView::TextOnly => "text only",
        PictureKindView::NewBlock => "new block",
        PictureKindView::Restyled => "restyled",
        PictureKindView::MissingBlock => "missing block",
        PictureKindView::Blank => "blank",
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_wire::{DensestView, PictureSizeView};

    use super::*;

    fn view() -> PictureView {
        let size = PictureSizeView { width: 100, height: 80 };
        PictureView {
            identical: false,
            different_pixels: 1,
            different_share: 0.000_125,
            anti_aliased_pixels: 0,
            kind: PictureKindView::MissingBlock,
            verdict: PictureVerdictView::Changed,
            regions: vec![PictureRegionView {
                x: 3,
                y: 4,
                width: 1,
                height: 1,
                picture: PictureSideView::First,
                different_pixels: 1,
                kind: PictureKindView::MissingBlock,
            }],
            regions_left_out: 2,
            densest: DensestView { window: 32, pixels: 1, share: 0.0 },
            look: None,
            rules: "aligned".to_owned(),
            same_bytes: false,
            first: size,
            second: size,
            output: None,
        }
    }

    #[test]
    fn the_answer_comes_first_and_the_next_step_last() {
        assert_eq!(
            picture(&view(), "b.png", &Style::PLAIN),
            "\
✗ Changed: missing block, 1 pixel.
  missing block  1×1 at 3,4, in the first picture
  and 2 smaller regions
→ --output framed.png  shows them in b.png
"
        );
    }
}
