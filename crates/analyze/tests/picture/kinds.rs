//! What differences are told apart.

use plimsoll_analyze::picture::{Kind, Options, Rect, Side, Verdict, frame};

use crate::canvas::{Canvas, aligned, compare, page};

#[test]
fn the_same_page_is_the_same() {
    let difference = aligned(&page("words"), &page("words"));
    assert_eq!((difference.kind, difference.verdict), (Kind::Same, Verdict::Same));
    assert!(difference.identical && difference.same_bytes && difference.regions.is_empty());
}

#[test]
fn an_inserted_banner_is_one_change() {
    let before = page("words");
    let mut after = before.clone();
    let mut banner = Canvas::new(320, 30, [255, 220, 0]);
    banner.write(20, 8, "campaign", [0, 0, 0]);
    after.insert(45, banner.rows);
    let difference = aligned(&before, &after);
    assert_eq!(difference.regions.len(), 1, "{:#?}", difference.regions);
    let region = &difference.regions[0];
    assert_eq!((region.place.height, region.side, region.kind), (30, Side::Second, Kind::NewBlock));
    assert_eq!(difference.different_pixels, 30 * 320);
    let back = aligned(&after, &before);
    assert_eq!((back.kind, back.regions[0].side), (Kind::MissingBlock, Side::First));
}

#[test]
fn a_shift_of_one_row_does_not_drown_a_recoloured_button() {
    let before = page("words");
    let mut shifted = before.clone();
    shifted.insert(50, vec![vec![[255, 255, 255]; 320]]);
    shifted.rows.truncate(400);
    let moved = aligned(&before, &shifted);
    assert_eq!(
        (moved.kind, moved.verdict),
        (Kind::Shifted, Verdict::Minor),
        "{:#?}",
        moved.regions
    );
    let mut both = shifted.clone();
    both.fill(20, 61, 280, 50, [40, 90, 220]);
    let difference = aligned(&before, &both);
    assert_eq!((difference.kind, difference.verdict), (Kind::Restyled, Verdict::Changed));
    let restyled = difference.regions.iter().find(|region| region.kind == Kind::Restyled);
    let place = Rect { x: 20, y: 61, width: 280, height: 50 };
    assert_eq!(restyled.map(|region| region.place), Some(place));
}

#[test]
fn other_words_in_one_style_are_text_only() {
    let difference = aligned(&page("protect"), &page("bescherm"));
    assert_eq!((difference.kind, difference.verdict), (Kind::TextOnly, Verdict::Minor));
}

#[test]
fn a_page_that_lost_its_style_is_broken_and_so_is_one_with_other_words() {
    for words in ["protect", "bescherm"] {
        let mut bare = Canvas::new(320, 400, [255, 255, 255]);
        bare.write(4, 4, "planet", [0, 0, 238]);
        for line in 0..12 {
            let word: String = words.chars().cycle().skip(line).take(39).collect();
            bare.write(4, 30 + line * 16, &word, [0, 0, 0]);
        }
        let difference = aligned(&page("protect"), &bare);
        assert_eq!((difference.kind, difference.verdict), (Kind::Restyled, Verdict::Broken));
    }
}

#[test]
fn a_blank_page_is_blank() {
    let difference = aligned(&page("words"), &Canvas::new(320, 400, [255, 255, 255]));
    assert_eq!((difference.kind, difference.verdict), (Kind::Blank, Verdict::Broken));
    let back = aligned(&Canvas::new(320, 400, [255, 255, 255]), &page("words"));
    assert_ne!(back.kind, Kind::Blank, "a page that appears is not blank");
}

#[test]
fn a_block_that_is_gone_is_missing() {
    let mut after = page("words");
    after.fill(20, 60, 280, 50, [255, 255, 255]);
    let difference = aligned(&page("words"), &after);
    assert_eq!((difference.kind, difference.verdict), (Kind::MissingBlock, Verdict::Changed));
}

#[test]
fn what_is_masked_does_not_count() {
    let mut after = page("words");
    after.fill(20, 60, 280, 50, [0, 0, 200]);
    let (a, b) = (page("words").png(), after.png());
    let mask = Rect { x: 20, y: 60, width: 280, height: 50 };
    let all = Options { masks: vec![mask], ..Options::default() };
    assert_eq!(compare(&a, &b, &all).unwrap().verdict, Verdict::Same);
    let part = Options { masks: vec![Rect { height: 40, ..mask }], ..Options::default() };
    assert_eq!(compare(&a, &b, &part).unwrap().different_pixels, 280 * 10);
    let beyond = Rect { x: u32::MAX, y: 0, width: u32::MAX, height: u32::MAX };
    let beyond = Options { masks: vec![beyond], ..Options::default() };
    assert_eq!(compare(&a, &b, &beyond).unwrap().different_pixels, 280 * 50);
}

#[test]
fn the_framed_picture_is_the_second_one_with_frames() {
    let mut after = page("words");
    after.fill(20, 60, 280, 50, [0, 0, 200]);
    let difference = aligned(&page("words"), &after);
    let (bytes, mut framed) = (after.png(), Vec::new());
    frame(&mut std::io::Cursor::new(&bytes), &difference.regions, &mut framed).unwrap();
    let drawn = compare(&bytes, &framed, &Options::default()).unwrap();
    assert_eq!(drawn.different_pixels, 286 * 56 - 280 * 50, "three pixels around the region");
}
