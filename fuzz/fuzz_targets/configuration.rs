//! Whatever bytes a configuration is made of, there is an answer with words to it.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| plimsoll_config::fuzz(bytes));
