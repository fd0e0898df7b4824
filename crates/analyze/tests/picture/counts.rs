//! What the known tools count. `fixtures/make.py` drew the pictures and asked the tools.

use std::path::Path;

use plimsoll_analyze::picture::{Options, Rules};

use crate::canvas::compare;

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/picture/fixtures");
    std::fs::read(folder.join(name)).unwrap()
}

#[test]
fn plain_counts_are_those_of_the_known_tools() {
    let table = String::from_utf8(fixture("counts.tsv")).unwrap();
    let (mut compared, mut wrong) = (0, Vec::new());
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let [first, second, threshold, counts @ ..] = &line.split('\t').collect::<Vec<_>>()[..]
        else {
            panic!("not a row: {line}");
        };
        let (a, b) = (fixture(&format!("{first}.png")), fixture(&format!("{second}.png")));
        let rules = [Rules::Pixelmatch, Rules::Odiff, Rules::OdiffAntialiasing];
        for (rules, count) in rules.into_iter().zip(counts) {
            let Ok(count) = count.parse::<u64>() else { continue };
            let threshold = threshold.parse().unwrap();
            let options = Options { plain: Some(rules), threshold, ..Options::default() };
            let ours = compare(&a, &b, &options).unwrap().different_pixels;
            compared += 1;
            if ours != count {
                wrong.push(format!("{first} {second} {threshold} {rules:?}: {ours}, not {count}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(compared, 159, "every count of the table was compared");
}

#[test]
fn the_same_pixels_in_another_format_are_the_same_picture() {
    for (first, second) in [("base-rgb8", "base-interlaced"), ("near-rgb8", "near-rgb16")] {
        let (a, b) = (fixture(&format!("{first}.png")), fixture(&format!("{second}.png")));
        for plain in [None, Some(Rules::Pixelmatch), Some(Rules::Odiff)] {
            let options = Options { plain, ..Options::default() };
            let difference = compare(&a, &b, &options).unwrap();
            assert!(difference.identical, "{first} {second} {plain:?}");
            assert_eq!(difference.different_pixels, 0);
            assert!(!difference.same_bytes);
        }
    }
}
