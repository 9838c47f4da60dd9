// SPDX-License-Identifier: GPL-2.0

//! The module's pure files under libFuzzer. `selftests/fuzz/handlers` builds and runs this.

#![no_main]
#![allow(
    dead_code,
    reason = "the module uses more of these files than this does"
)]

include!("pure.rs");

mod bytes;
mod fuzz_exits;
mod fuzz_ipi;
mod input;
mod model;
mod reference;

use core::ffi::c_int;

/// Tries one input; libFuzzer calls it, and takes a panic for a find.
///
/// # Safety
///
/// There are `size` bytes at `data`.
#[no_mangle]
unsafe extern "C" fn LLVMFuzzerTestOneInput(data: *const u8, size: usize) -> c_int {
    // Of none, the address need not be one.
    let bytes = match size {
        0 => &[],
        // SAFETY: By the contract.
        _ => unsafe { core::slice::from_raw_parts(data, size) },
    };
    let mut input = input::Input::new(bytes);
    if input.bool() {
        fuzz_ipi::run(&mut input);
    } else {
        fuzz_exits::run(&mut input);
    }
    0
}
