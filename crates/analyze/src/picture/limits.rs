//! How large a picture may be. Each bound keeps memory or time in check, whatever a file claims.

/// The widest picture: a row is kept as four bytes a pixel, and a dozen rows are in memory.
pub const MAX_WIDTH: u32 = 65_536;

/// The highest picture: each row leaves a fingerprint of 32 bytes.
pub const MAX_HEIGHT: u32 = 1_048_576;

/// The most pixels: 250 million decode in about a second, and a browser makes none so large.
pub const MAX_PIXELS: u64 = 250_000_000;

/// The most pixels of an interlaced picture. Its rows come in seven passes, so that it must be held
/// whole: four bytes a pixel.
pub const MAX_INTERLACED_PIXELS: u64 = 40_000_000;

/// The largest file.
pub const MAX_FILE_BYTES: u64 = 512 << 20;

/// What the decoder may allocate for one chunk beside the pixels.
pub(super) const MAX_CHUNK_BYTES: usize = 16 << 20;

/// What is kept of changed rows to tell what kind of change they show. Beyond it regions are
/// judged by what was kept.
pub(super) const MAX_STRIP_BYTES: usize = 12 << 20;

/// The most regions that are told apart; what is smaller than these is counted, not listed.
pub const MAX_REGIONS: usize = 200;
