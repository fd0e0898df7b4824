//! A difference, as programs read it.

use std::path::Path;

use plimsoll_analyze::picture::{Difference, Kind, Region, Side, Size, Verdict, WINDOW};
use plimsoll_wire::{
    DensestView, LookView, PictureKindView, PictureRegionView, PictureSideView, PictureSizeView,
    PictureVerdictView, PictureView,
};

use super::PlainRules;

/// The difference.
pub fn picture(
    difference: &Difference,
    plain: Option<PlainRules>,
    output: Option<&Path>,
) -> PictureView {
    PictureView {
        identical: difference.identical,
        different_pixels: difference.different_pixels,
        different_share: difference.share(),
        anti_aliased_pixels: difference.anti_aliased_pixels,
        kind: kind(difference.kind),
        verdict: verdict(difference.verdict),
        regions: difference.regions.iter().map(region).collect(),
        regions_left_out: difference.regions_left_out as u64,
        densest: DensestView {
            window: WINDOW,
            pixels: difference.densest.pixels,
            share: difference.densest.share,
        },
        look: difference.look.map(|look| LookView { colours: look.colours, columns: look.columns }),
        rules: rules(plain).to_owned(),
        same_bytes: difference.same_bytes,
        first: size(difference.first),
        second: size(difference.second),
        output: output.map(|path| path.display().to_string()),
    }
}

const fn rules(plain: Option<PlainRules>) -> &'static str {
    match plain {
        None => "aligned",
        Some(PlainRules::Pixelmatch) => "pixelmatch",
        Some(PlainRules::Odiff) => "odiff",
        Some(PlainRules::OdiffAntialiasing) => "odiff-antialiasing",
    }
}

const fn size(size: Size) -> PictureSizeView {
    PictureSizeView { width: size.width, height: size.height }
}

const fn region(region: &Region) -> PictureRegionView {
    PictureRegionView {
        x: region.place.x,
        y: region.place.y,
        width: region.place.width,
        height: region.place.height,
        picture: match region.side {
            Side::First => PictureSideView::First,
            Side::Second => PictureSideView::Second,
        },
        different_pixels: region.different_pixels,
        kind: kind(region.kind),
    }
}

const fn kind(kind: Kind) -> PictureKindView {
    match kind {
        Kind::Same => PictureKindView::Same,
        Kind::Shifted => PictureKindView::Shifted,
        Kind::TextOnly => PictureKindView::TextOnly,
        Kind::NewBlock => PictureKindView::NewBlock,
        Kind::Restyled => PictureKindView::Restyled,
        Kind::MissingBlock => PictureKindView::MissingBlock,
        Kind::Blank => PictureKindView::Blank,
    }
}

const fn verdict(verdict: Verdict) -> PictureVerdictView {
    match verdict {
        Verdict::Same => PictureVerdictView::Same,
        Verdict::Minor => PictureVerdictView::Minor,
        Verdict::Changed => PictureVerdictView::Changed,
        Verdict::Broken => PictureVerdictView::Broken,
    }
}
