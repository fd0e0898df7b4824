//! Whether a picture came without its end: a browser shows what there is of it, and says nothing.

/// Whether the end of a PNG, JPEG, GIF, WebP or AVIF is missing. Of other files nothing is known.
#[must_use]
pub fn is_cut_short(file: &[u8]) -> bool {
    match file {
        [0x89, b'P', b'N', b'G', _, _, _, _, chunks @ ..] => !leads_to_end_of_png(chunks),
        [0xff, 0xd8, segments @ ..] => !leads_to_end_of_jpeg(segments),
        [b'G', b'I', b'F', b'8', ..] => !ends_as_gif(file),
        [b'R', b'I', b'F', b'F', a, b, c, d, b'W', b'E', b'B', b'P', ..] => {
            file.len() < 8 + number([d, c, b, a].into_iter())
        }
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => !boxes_are_whole(file),
        _ => false,
    }
}

/// Bytes as a number, the greatest first.
fn number<'a>(bytes: impl Iterator<Item = &'a u8>) -> usize {
    bytes.fold(0, |sum, byte| sum << 8 | usize::from(*byte))
}

fn leads_to_end_of_png(mut chunks: &[u8]) -> bool {
    while let Some((head, rest)) = chunks.split_at_checked(8) {
        // Its last four bytes are a checksum.
        let Some((_, next)) = rest.split_at_checked(number(head[..4].iter()) + 4) else {
            return false;
        };
        if &head[4..] == b"IEND" {
            return true;
        }
        chunks = next;
    }
    false
}

/// What comes before the first scan may hold a small picture with an end of its own.
fn leads_to_end_of_jpeg(mut segments: &[u8]) -> bool {
    while let [0xff, kind, rest @ ..] = segments {
        segments = match (kind, rest) {
            (0xda, scan) => return scan.windows(2).any(|pair| pair == [0xff, 0xd9]),
            (0xff, _) => &segments[1..],
            (0x01 | 0xd0..=0xd8, rest) => rest,
            (_, [a, b, ..]) => match rest.get(number([*a, *b].iter())..) {
                Some(next) => next,
                None => return false,
            },
            _ => return false,
        };
    }
    false
}

/// Some writers add a few bytes behind the end.
fn ends_as_gif(file: &[u8]) -> bool {
    file[file.len().saturating_sub(16)..].contains(&b';')
}

fn boxes_are_whole(mut boxes: &[u8]) -> bool {
    while let [a, b, c, d, ..] = boxes {
        match number([*a, *b, *c, *d].iter()) {
            // To the end, or longer than four bytes can say.
            0 | 1 => return true,
            length => match boxes.get(length.max(8)..) {
                Some(next) => boxes = next,
                None => return false,
            },
        }
    }
    boxes.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png() -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, 9, 9);
        encoder.set_color(png::ColorType::Grayscale);
        let mut writer = encoder.write_header().expect("a header");
        writer.write_image_data(&[7; 81]).expect("pixels");
        writer.finish().expect("an end");
        bytes
    }

    const JPEG: &[u8] =
        b"\xff\xd8\xff\xe1\x00\x06\xff\xd9ab\xff\xda\x00\x03xscan\xff\x00scan\xff\xd9";
    const GIF: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";
    const WEBP: &[u8] = b"RIFF\x0c\x00\x00\x00WEBPVP8Labcd";
    const AVIF: &[u8] = b"\x00\x00\x00\x10ftypavifabcd\x00\x00\x00\x0cmdatabcd";

    #[test]
    fn a_picture_without_its_end_is_cut_short_wherever_that_is() {
        for whole in [png().as_slice(), JPEG, GIF, WEBP, AVIF] {
            assert!(!is_cut_short(whole), "{}", whole.escape_ascii());
            for kept in 12..whole.len() {
                // Between two boxes nothing says that another one was to come.
                let between = whole == AVIF && kept == 16;
                assert_eq!(
                    is_cut_short(&whole[..kept]),
                    !between,
                    "{kept} of {}",
                    whole.escape_ascii()
                );
            }
        }
    }

    #[test]
    fn what_stands_behind_the_end_and_what_is_no_picture_is_not_cut_short() {
        let behind = [png(), b"<!-- 12 ms -->".to_vec()].concat();
        for file in [behind.as_slice(), b"", b"<svg xmlns", b"GIF", b"BM12", b"\x00\x00\x01\x00"] {
            assert!(!is_cut_short(file), "{}", file.escape_ascii());
        }
    }
}
