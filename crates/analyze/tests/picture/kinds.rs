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
    let frame = 292 * 62 - 288 * 58;
    let within = Rect { x: 0, y: 0, width: 320, height: 400 };
    let legend: u64 = drawn.regions.iter().map(|region| region.place.pixels()).sum();
    assert!(drawn.second.height > 400 && legend > 0, "a strip with the meaning stands below");
    let bare = Options { masks: vec![Rect { y: 400, ..within }], ..Options::default() };
    let drawn = compare(&bytes, &framed, &bare).unwrap();
    let drawn: u64 = drawn
        .regions
        .iter()
        .filter(|region| region.place.y < 400)
        .map(|region| region.different_pixels)
        .sum();
    assert_eq!(drawn, frame, "two pixels around the region, with a margin of four");
}

#[test]
fn a_frame_around_a_whole_width_has_four_sides() {
    let before = page("words");
    let mut after = before.clone();
    let mut banner = Canvas::new(320, 30, [255, 220, 0]);
    banner.write(20, 8, "campaign", [0, 0, 0]);
    after.insert(45, banner.rows);
    let difference = aligned(&before, &after);
    let mut framed = Vec::new();
    let bytes = after.png();
    frame(&mut std::io::Cursor::new(&bytes), &difference.regions, &mut framed).unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(&framed)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    let green = |x: usize, y: usize| pixels[(y * 320 + x) * 4..][..3] == [0, 130, 60];
    assert!(green(160, 40) && green(160, 80) && green(0, 60) && green(319, 60));
    assert!(!green(160, 42) && !green(160, 60), "it hides nothing of what it frames");
}

#[test]
fn a_bar_that_is_lost_is_missing_and_room_that_is_made_for_a_block_is_not_another_change() {
    let mut before = page("words");
    before.fill(0, 40, 320, 6, [232, 117, 26]);
    let mut after = page("words");
    after.rows.drain(40..46);
    after.insert(354, vec![vec![[255, 255, 255]; 320]; 6]);
    let difference = aligned(&before, &after);
    assert_eq!((difference.kind, difference.verdict), (Kind::MissingBlock, Verdict::Changed));
    assert_eq!(difference.regions.len(), 1, "{:#?}", difference.regions);
    let place = Rect { x: 0, y: 40, width: 320, height: 6 };
    assert_eq!((difference.regions[0].place, difference.different_pixels), (place, 6 * 320));
}

#[test]
fn a_page_that_is_half_as_high_again_is_changed_even_if_all_of_it_is_space() {
    let before = page("words");
    let mut after = before.clone();
    after.insert(350, vec![vec![[255, 255, 255]; 320]; 150]);
    assert_eq!(aligned(&before, &after).verdict, Verdict::Minor);
    after.insert(350, vec![vec![[255, 255, 255]; 320]; 150]);
    let difference = aligned(&before, &after);
    assert_eq!((difference.kind, difference.verdict), (Kind::Shifted, Verdict::Changed));
    assert_eq!(aligned(&after, &before).verdict, Verdict::Changed);
}

#[test]
fn another_letter_is_other_words_and_words_of_one_line_are_one_region() {
    let mut before = Canvas::new(320, 100, [255, 255, 255]);
    let mut after = before.clone();
    for (canvas, digit) in [(&mut before, "7"), (&mut after, "8")] {
        canvas.write(20, 20, "on 1", [20, 20, 20]);
        canvas.write(52, 20, digit, [20, 20, 20]);
        canvas.write(60, 20, " november", [20, 20, 20]);
    }
    let difference = aligned(&before, &after);
    assert_eq!((difference.kind, difference.verdict), (Kind::TextOnly, Verdict::Minor));
    let mut gone = before.clone();
    gone.fill(20, 20, 30, 12, [255, 255, 255]);
    gone.fill(70, 20, 60, 12, [255, 255, 255]);
    assert_eq!(aligned(&before, &gone).regions.len(), 1, "two words of a line");
}
