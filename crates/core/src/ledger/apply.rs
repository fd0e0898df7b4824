//! Events to state.
