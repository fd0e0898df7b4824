//! What to make of what was found. The thresholds, and why they are so, are in `docs/pictures.md`.

use super::classify::classify;
use super::difference::{Densest, Difference};
use super::error::Side;
use super::found::{Block, Found};
use super::kind::{Kind, Verdict};
use super::limits::MAX_REGIONS;
use super::look::LookDistance;
use super::region::Region;

/// From this share of changed area on a picture may have lost its style. Rows that came or went as
/// a whole are not counted: what is left is as it was.
const MUCH: f64 = 0.25;
/// Two sites of one style share all but this much of their colours; photographs change more, but
/// leave the columns where they are.
const OTHER_COLOURS: f64 = 0.12;
/// Other words leave two thirds of all edges in their columns.
const OTHER_COLUMNS: f64 = 0.35;
/// Looks that are nearer than this in both are those of one style: then changed words that make up
/// much of what changed explain the rest, which had to make room for them.
const SAME_COLOURS: f64 = 0.02;
const SAME_COLUMNS: f64 = 0.12;
const MOSTLY_WORDS: f64 = 0.4;
/// Fewer differing pixels than this in the densest window are no icon, no letter and no line.
const SPECK: u32 = 12;
/// Words that went where none came make up no more than this share of what words changed: else a block
/// of them is gone.
const GONE_WORDS: f64 = 0.25;
/// A page that is half as high again as it was, or was as it is, has more than other words.
const HALF_AS_HIGH_AGAIN: (u64, u64) = (3, 2);
/// Regions that are searched for a small move, the largest first.
const SEARCHED: usize = 32;

/// Puts what was found into words.
pub(super) fn judge(found: Found) -> Difference {
    let (clusters, mut left_out) = found.record.clusters();
    let mut regions: Vec<Region> = clusters
        .iter()
        .enumerate()
        .map(|(at, cluster)| Region {
            place: cluster.place,
            side: if found.sizes[1].height > cluster.place.y { Side::Second } else { Side::First },
            seam: cluster.place.y,
            different_pixels: cluster.pixels,
            kind: classify(&found.record.strips, cluster, at < SEARCHED),
        })
        .chain(found.blocks.iter().map(of_block))
        .collect();
    let uncounted = drop_what_made_room(&mut regions, &found.blocks);
    regions.sort_by_key(|region| std::cmp::Reverse(region.different_pixels));
    left_out += regions.len().saturating_sub(MAX_REGIONS);
    regions.truncate(MAX_REGIONS);
    let blocks: u64 = found.blocks.iter().map(|block| block.place.pixels()).sum();
    let look = found.looks[0].distance(&found.looks[1]);
    let mut difference = Difference {
        identical: found.identical,
        same_bytes: false,
        first: found.sizes[0],
        second: found.sizes[1],
        different_pixels: found.record.different + blocks - uncounted,
        anti_aliased_pixels: found.record.anti_aliased,
        densest: Densest::of(found.record.densest(), found.sizes[1]),
        regions,
        regions_left_out: left_out,
        look: Some(look),
        kind: Kind::Same,
        verdict: Verdict::Same,
    };
    let went_blank = found.looks[1].is_blank() && !found.looks[0].is_blank();
    let changed: u64 = clusters.iter().map(|cluster| cluster.place.pixels()).sum();
    let smaller = difference.first.pixels().min(difference.second.pixels()).max(1);
    let much = to_float(changed) >= MUCH * to_float(smaller);
    (difference.kind, difference.verdict) = whole(&difference, look, much, went_blank);
    difference
}

/// A stretch that only one picture has. Space is no content: what is below it moved.
fn of_block(block: &Block) -> Region {
    let kind = match (block.flat, block.side) {
        (true, _) => Kind::Shifted,
        (false, Side::First) => Kind::MissingBlock,
        (false, Side::Second) => Kind::NewBlock,
    };
    let different_pixels = block.place.pixels();
    Region { place: block.place, side: block.side, seam: block.seam, different_pixels, kind }
}

/// Where a block came or went, what moved and which empty rows came or went made room for it: that is
/// one change, not two. Gives how many pixels are not counted.
fn drop_what_made_room(regions: &mut Vec<Region>, blocks: &[Block]) -> u64 {
    if blocks.iter().all(|block| block.flat) {
        return 0;
    }
    let mut uncounted = 0;
    regions.retain(|region| {
        let counts = region.kind != Kind::Shifted;
        uncounted += if counts { 0 } else { region.different_pixels };
        counts
    });
    uncounted
}

/// The kind of the whole, and the verdict.
fn whole(
    difference: &Difference,
    look: LookDistance,
    much: bool,
    went_blank: bool,
) -> (Kind, Verdict) {
    if difference.different_pixels == 0 {
        return (Kind::Same, Verdict::Same);
    }
    if went_blank {
        return (Kind::Blank, Verdict::Broken);
    }
    let other_look = look.colours >= OTHER_COLOURS || look.columns >= OTHER_COLUMNS;
    if much && other_look {
        return (Kind::Restyled, Verdict::Broken);
    }
    let other_height = is_other_height(difference);
    if !other_height && is_other_words(difference, look) {
        return (Kind::TextOnly, Verdict::Minor);
    }
    let kind = difference.regions.iter().map(|region| region.kind).max().unwrap_or(Kind::Restyled);
    let content_only = match kind {
        Kind::Same | Kind::Shifted | Kind::TextOnly => true,
        Kind::NewBlock | Kind::Restyled | Kind::MissingBlock | Kind::Blank => false,
    };
    let block = |region: &Region| {
        let came_or_went = matches!(region.kind, Kind::NewBlock | Kind::MissingBlock);
        region.place.height > super::WINDOW
            || (came_or_went && region.different_pixels > u64::from(super::WINDOW).pow(2))
    };
    let blocks = difference.regions.iter().any(block);
    let speck = difference.densest.pixels < SPECK && !blocks;
    let minor = (content_only || speck) && !other_height;
    (kind, if minor { Verdict::Minor } else { Verdict::Changed })
}

fn is_other_height(difference: &Difference) -> bool {
    let (one, other) = (difference.first.height, difference.second.height);
    let (high, low) = (u64::from(one.max(other)), u64::from(one.min(other)));
    high * HALF_AS_HIGH_AGAIN.1 > low * HALF_AS_HIGH_AGAIN.0
}

/// Whether the pictures have one style, and mostly words differ.
fn is_other_words(difference: &Difference, look: LookDistance) -> bool {
    let words = area(difference, |kind| kind == Kind::TextOnly);
    let went = area(difference, |kind| kind == Kind::MissingBlock);
    let came = area(difference, |kind| kind == Kind::NewBlock);
    went - came <= GONE_WORDS * (words + went + came)
        && look.colours < SAME_COLOURS
        && look.columns < SAME_COLUMNS
        && words > 0.0
        && words >= MOSTLY_WORDS * area(difference, |kind| kind != Kind::Shifted)
}

/// The area of the regions of some kinds, in pixels.
fn area(difference: &Difference, counts: impl Fn(Kind) -> bool) -> f64 {
    let regions = difference.regions.iter().filter(|region| counts(region.kind));
    to_float(regions.map(|region| region.place.pixels()).sum())
}

#[expect(clippy::cast_precision_loss, reason = "shares need no more than 52 bits")]
fn to_float(pixels: u64) -> f64 {
    pixels as f64
}
