//! How two pictures differ, as programs read it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How two pictures differ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PictureView {
    /// Whether every pixel is equal, those too that would not count.
    pub identical: bool,
    /// How many pixels differ and count.
    pub different_pixels: u64,
    /// The share of the larger picture that differs, from 0 to 1.
    pub different_share: f64,
    /// How many pixels differ only as soft edges, and do not count.
    pub anti_aliased_pixels: u64,
    /// What kind of difference it is.
    pub kind: PictureKindView,
    /// What to make of it.
    pub verdict: PictureVerdictView,
    /// Where, the most different pixels first.
    pub regions: Vec<PictureRegionView>,
    /// How many more regions there are, smaller than these.
    pub regions_left_out: u64,
    /// Where differences are thickest.
    pub densest: DensestView,
    /// How far apart the pictures are as a whole; absent when their bytes are equal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub look: Option<LookView>,
    /// Whose rules counted: `aligned` (plimsoll's own), `pixelmatch`, `odiff`, `odiff-antialiasing`.
    pub rules: String,
    /// Whether the files were equal byte for byte, so that nothing was decoded.
    pub same_bytes: bool,
    /// The size of the first picture.
    pub first: PictureSizeView,
    /// The size of the second picture.
    pub second: PictureSizeView,
    /// The framed picture, if one was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
}

/// Width and height, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PictureSizeView {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

/// A place where the pictures differ, in pixels from the left and from the top.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PictureRegionView {
    /// Its left edge.
    pub x: u32,
    /// Its upper edge.
    pub y: u32,
    /// Its width.
    pub width: u32,
    /// Its height.
    pub height: u32,
    /// In which picture that place is: `second`, but `first` for what is only there.
    pub picture: PictureSideView,
    /// How many of its pixels differ.
    pub different_pixels: u64,
    /// What kind of change it shows.
    pub kind: PictureKindView,
}

/// Which of the two pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PictureSideView {
    /// The one before.
    First,
    /// The one after.
    Second,
}

/// The window with the most differing pixels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct DensestView {
    /// The window's side, in pixels.
    pub window: u32,
    /// How many pixels differ in it.
    pub pixels: u32,
    /// The share of the window's pixels, from 0 to 1.
    pub share: f64,
}

/// How far apart two pictures are as a whole; 0 is alike, 1 has nothing in common.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct LookView {
    /// In their colours.
    pub colours: f64,
    /// In the columns where things stand.
    pub columns: f64,
}

/// What kind of difference there is. Later ones weigh more; the whole has that of its weightiest
/// region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PictureKindView {
    /// Nothing that counts.
    Same,
    /// The same content at another place, or more or less empty space.
    Shifted,
    /// Other words in the same style.
    TextOnly,
    /// Something is there that was not.
    NewBlock,
    /// The same place looks otherwise.
    Restyled,
    /// Something is gone.
    MissingBlock,
    /// The whole picture is one colour, and was not.
    Blank,
}

/// What to make of the difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PictureVerdictView {
    /// Nothing that counts differs.
    Same,
    /// What differs is what content does: words, places, a few pixels.
    Minor,
    /// Somebody should look.
    Changed,
    /// The page has lost its style or its content.
    Broken,
}

/// Many pairs of pictures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PicturesView {
    /// Each pair, in the order asked.
    pub pairs: Vec<PicturePairView>,
    /// How many are the same.
    pub same: u64,
    /// How many differ.
    pub different: u64,
    /// How many could not be compared.
    pub errored: u64,
}

/// One pair of pictures; either `difference` or `error` is there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PicturePairView {
    /// The file of the first.
    pub first: String,
    /// The file of the second.
    pub second: String,
    /// How they differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<PictureView>,
    /// Why nothing can be said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}
