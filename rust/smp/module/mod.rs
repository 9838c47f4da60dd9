// SPDX-License-Identifier: GPL-2.0

//! The kernel's IPI operations as a module gets at them: found by name and by reading code, taken
//! over from a running kernel, and given back.

mod locate;
pub(crate) mod symbols;
pub(crate) mod takeover;
