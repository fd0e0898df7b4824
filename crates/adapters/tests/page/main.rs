//! The `page` check with a real chromium on real sockets.

mod bed;
mod broken;
mod changed;
mod compare;
mod faults;
mod harmless;
mod noticed;
mod robust;
mod steps;
mod warm;
