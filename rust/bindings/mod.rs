// SPDX-License-Identifier: GPL-2.0

//! What bindgen and the C compiler say about the kernel this is built for.
//!
//! Generated at build time and visible to `rust/` only: leaf code uses the safe types of
//! [`crate::kvm`].

#![expect(
    unsafe_op_in_unsafe_fn,
    non_camel_case_types,
    non_upper_case_globals,
    reason = "generated code follows C, not Rust"
)]
#![allow(
    dead_code,
    improper_ctypes,
    non_snake_case,
    unnecessary_transmutes,
    unreachable_pub,
    unnameable_types,
    clippy::all,
    clippy::as_underscore,
    clippy::cast_lossless,
    clippy::ptr_as_ptr,
    clippy::ref_as_ptr,
    clippy::undocumented_unsafe_blocks,
    reason = "what generated code triggers depends on the kernel's configuration"
)]

mod generated {
    use kernel::ffi;

    include!(concat!(env!("KVM_RS_GENERATED"), "/generated.rs"));
}
pub(crate) use generated::*;

/// Offsets and sizes in bytes, computed by the kernel's C compiler from `layout.c`.
pub(crate) mod layout {
    include!(concat!(env!("KVM_RS_GENERATED"), "/layout_generated.rs"));
}

/// Asserts at build time that bindgen and the C compiler have fields at the same offset.
macro_rules! assert_offsets {
    ($($type:ident { $($($field:ident).+ => $offset:ident),+ $(,)? })+) => {
        $($(
            const _: () = assert!(
                core::mem::offset_of!($crate::bindings::$type, $($field).+)
                    == $crate::bindings::layout::$offset
            );
        )+)+
    };
}
pub(crate) use assert_offsets;
