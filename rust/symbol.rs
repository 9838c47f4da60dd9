// SPDX-License-Identifier: GPL-2.0

//! Addresses of functions that the kernel does not export.
//!
//! A kprobe that is registered disabled arms nothing; it is asked for the address that its name
//! resolves to and then dropped.

use crate::bindings;
use kernel::{
    error::to_result,
    prelude::*,
    str::CStr, //
};

/// Asks for the address of a function of the kernel. Process context.
///
/// # Errors
///
/// Gives the name back if there is no such function, or none that a kprobe may look at.
pub(crate) fn address_of(name: &'static CStr) -> Result<usize, &'static CStr> {
    // SAFETY: Integers, pointers and options of functions, for all of which zero is valid.
    let mut probe = unsafe { zeroed::<bindings::kprobe>() }.map_err(|_| name)?;
    probe.symbol_name = name.as_char_ptr();
    // CAST: A single-bit flag.
    probe.flags = bindings::KPROBE_FLAG_DISABLED as u32;
    // SAFETY: A valid kprobe that stays where it is until it is unregistered below.
    to_result(unsafe { bindings::register_kprobe(&raw mut *probe) }).map_err(|_| name)?;
    let address = probe.addr as usize;
    // SAFETY: It was just registered.
    unsafe { bindings::unregister_kprobe(&raw mut *probe) };
    Ok(address)
}

/// Allocates a structure of C as a static definition there would leave it.
///
/// # Safety
///
/// All bytes zero is a valid `T`.
pub(crate) unsafe fn zeroed<T>() -> Result<KBox<T>> {
    let mut new = KBox::<T>::new_uninit(GFP_KERNEL)?;
    // SAFETY: The box is valid for writes of one `T`.
    unsafe { new.as_mut_ptr().write_bytes(0, 1) };
    // SAFETY: By the contract that was a valid value.
    Ok(unsafe { new.assume_init() })
}
