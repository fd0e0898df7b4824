//! Whatever bytes a JUnit file is made of, there is an answer.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| plimsoll_analyze::junit::fuzz(bytes));
