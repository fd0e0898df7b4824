//! The pages, asked through the router over a fleet in memory.

mod contrast;
mod crawl;
mod fleet;
mod forges;
mod forms;
mod live;
mod scope;
mod speed;
mod visit;
