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

/// Asks for the addresses of functions of the kernel, all at a time, since letting go of kprobes
/// takes a grace period of RCU. Process context.
///
/// # Errors
///
/// Gives back the first name that no function has, or none that a kprobe may look at; the first of
/// all if there is no memory.
pub(crate) fn addresses_of<const N: usize>(
    names: [&'static CStr; N],
) -> Result<[usize; N], &'static CStr> {
    let mut missing = None;
    let mut addresses = [0; N];
    // SAFETY: Integers, pointers and options of functions, for all of which zero is valid.
    let Ok(mut probes) = (unsafe { zeroed::<[bindings::kprobe; N]>() }) else {
        return Err(names.first().copied().unwrap_or_default());
    };
    for ((probe, name), address) in probes.iter_mut().zip(names).zip(&mut addresses) {
        probe.symbol_name = name.as_char_ptr();
        // CAST: A single-bit flag.
        probe.flags = bindings::KPROBE_FLAG_DISABLED as u32;
        // SAFETY: A valid kprobe that stays where it is until it is unregistered below.
        match to_result(unsafe { bindings::register_kprobe(&raw mut *probe) }) {
            Ok(()) => *address = probe.addr as usize,
            Err(_) => missing = missing.or(Some(name)),
        }
    }
    let mut all = probes.each_mut().map(|probe| &raw mut *probe);
    // SAFETY: As many kprobes. One that could not be registered is not found, and passed over.
    unsafe { bindings::unregister_kprobes(all.as_mut_ptr(), all.len() as c_int) };
    missing.map_or(Ok(addresses), Err)
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
