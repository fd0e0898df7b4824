"""Two hundred pairs of pictures of pages, made up here: 180 equal, 20 with a block that changed."""

import random
import struct
import zlib

PAIRS, EQUAL, WIDTH, HEIGHT = 200, 180, 1280, 720


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def page(words, changed):
    """A screenshot-like picture: bands of colour, lines of made-up letters."""
    chance, rows, letters = random.Random(words), [], []
    for y in range(HEIGHT):
        row = bytearray(b"\xff\xff\xff\xff" * WIDTH)
        if y < 60:
            row = bytearray(b"\x0b\x7a\x3b\xff" * WIDTH)
        elif y % 24 < 13:
            if y % 24 == 0:
                letters = [chance.randrange(1 << 13 * 6) for _ in range(120)]
            for at, letter in enumerate(letters):
                for dot in range(6):
                    if letter >> (y % 24 * 6 + dot) & 1:
                        x = 40 + at * 10 + dot
                        row[x * 4:x * 4 + 3] = b"\x22\x22\x22"
        if changed and 300 <= y < 380:
            row[400 * 4:900 * 4] = b"\xf3\x6d\x3a\xff" * 500
        rows.append(b"\0" + bytes(row))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"".join(rows), 6)) + chunk(b"IEND", b"")


def prepare(folder):
    """Writes them; gives the list of them as a file, and as pairs."""
    folder.mkdir(parents=True, exist_ok=True)
    pairs = []
    for n in range(PAIRS):
        names = [folder / f"{n}-{side}.png" for side in "ab"]
        names[0].write_bytes(page(n, False))
        names[1].write_bytes(page(n, n >= EQUAL) if n >= EQUAL else names[0].read_bytes())
        pairs.append([str(name) for name in names])
    listed = folder / "pairs.tsv"
    listed.write_text("".join("\t".join(pair) + "\n" for pair in pairs))
    return str(listed), pairs
