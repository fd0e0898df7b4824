//! What is true of all pictures.

use plimsoll_analyze::picture::{Options, Rules};
use proptest::prelude::*;

use crate::canvas::{Canvas, aligned, compare, page, plain};

fn canvas() -> impl Strategy<Value = Canvas> {
    (1usize..40, 1usize..40).prop_flat_map(|(width, height)| {
        let colour = prop_oneof![Just([255, 255, 255]), Just([0, 0, 0]), any::<[u8; 3]>()];
        let row = prop::collection::vec(colour, width);
        prop::collection::vec(row, height).prop_map(move |rows| Canvas { width, rows })
    })
}

/// Rows that occur once, so that there is one way to align them.
fn distinct_rows(from: usize, count: usize) -> Vec<Vec<[u8; 3]>> {
    (from..from + count)
        .map(|n| {
            let shade = |x: usize| u8::try_from((n * 7919 + x * 104_729) % 251).unwrap();
            (0..24).map(|x| [shade(x), shade(x + n), shade(x * n)]).collect()
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn nothing_differs_from_itself(canvas in canvas()) {
        let mut other_bytes = canvas.png();
        // The same pixels in other bytes: a chunk more before the end.
        let end = other_bytes.len() - 12;
        other_bytes.splice(end..end, *b"\0\0\0\0teSt\xad\xad\xce\xed");
        for plain in [None, Some(Rules::Pixelmatch), Some(Rules::Odiff)] {
            let options = Options { plain, ..Options::default() };
            if let Ok(difference) = compare(&canvas.png(), &other_bytes, &options) {
                prop_assert!(difference.identical && difference.different_pixels == 0);
                prop_assert!(difference.regions.is_empty());
            }
            prop_assert!(compare(&canvas.png(), &canvas.png(), &options).unwrap().same_bytes);
        }
    }

    #[test]
    fn counts_do_not_depend_on_which_is_first(a in canvas(), b in canvas()) {
        for rules in [Rules::Pixelmatch, Rules::Odiff, Rules::OdiffAntialiasing] {
            let (there, back) = (plain(&a, &b, rules), plain(&b, &a, rules));
            prop_assert_eq!(there.different_pixels, back.different_pixels);
            prop_assert_eq!(there.anti_aliased_pixels, back.anti_aliased_pixels);
        }
    }

    #[test]
    fn every_counted_pixel_lies_in_a_region(a in canvas(), b in canvas()) {
        for difference in [plain(&a, &b, Rules::Odiff), plain(&a, &b, Rules::Pixelmatch), aligned(&a, &b)] {
            let within: u64 = difference.regions.iter().map(|region| region.different_pixels).sum();
            prop_assert_eq!(within, difference.different_pixels);
            for region in &difference.regions {
                prop_assert!(region.different_pixels <= region.place.pixels());
            }
        }
    }

    #[test]
    fn inserted_rows_are_one_region_of_that_height(at in 0usize..60, rows in 1usize..50) {
        let before = Canvas { width: 24, rows: distinct_rows(0, 60) };
        let mut after = before.clone();
        after.insert(at, distinct_rows(100, rows));
        for (first, second) in [(&before, &after), (&after, &before)] {
            let difference = aligned(first, second);
            prop_assert_eq!(difference.regions.len(), 1);
            let place = difference.regions[0].place;
            prop_assert_eq!((place.y as usize, place.height as usize), (at, rows));
        }
    }

    #[test]
    fn noise_below_the_threshold_is_nothing(seed in any::<u64>()) {
        let before = page("words");
        let mut after = before.clone();
        let mut state = seed | 1;
        for pixel in after.rows.iter_mut().flatten() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let noise = u8::try_from(state >> 60).unwrap() / 2;
            *pixel = pixel.map(|c| if c > 127 { c - noise } else { c + noise });
        }
        let difference = aligned(&before, &after);
        prop_assert_eq!(difference.different_pixels, 0);
        prop_assert!(!difference.identical);
    }

    #[test]
    fn damaged_bytes_never_panic(at in any::<prop::sample::Index>(), to in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let good = page("words").png();
        let mut bad = good.clone();
        let at = at.index(bad.len());
        bad[at] = to;
        bad.truncate(cut.index(bad.len()).max(at));
        for plain in [None, Some(Rules::OdiffAntialiasing)] {
            let options = Options { plain, ..Options::default() };
            let _ = compare(&good, &bad, &options);
            let _ = compare(&bad, &bad, &options);
        }
    }
}
