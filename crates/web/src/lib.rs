//! The HTTP API and the pages of a plimsoll server.
