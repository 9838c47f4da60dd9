// SPDX-License-Identifier: GPL-2.0

//! What KVM does not export, found by name once at load: the only such place.
//!
//! Functions by way of kprobes (`crate::symbol`), tracepoints by walking the list of all that the
//! kernel and KVM's module have.

use crate::{
    bindings::{
        self,
        kvm_vcpu, //
    },
    kvm::{
        deployment::Deployment,
        kind::Kind, //
    },
    symbol::addresses_of, //
};
use core::{
    cell::UnsafeCell,
    mem::MaybeUninit,
    ptr::{
        self,
        NonNull, //
    }, //
};
use kernel::{
    prelude::*,
    str::CStr,
    sync::atomic::{
        AtomicFlag,
        Full, //
    }, //
};

/// `void __kvm_vcpu_kick(struct kvm_vcpu *, bool wait)`.
type KickFn = unsafe extern "C" fn(*mut kvm_vcpu, bool);

// The type above is the header's. Never called: the symbol is not exported.
#[expect(dead_code, reason = "checked by the compiler only")]
const KICK_TYPE: KickFn = bindings::__kvm_vcpu_kick;

const HANDLE_EXIT: &CStr = c"kvm_handle_exit";
const KICK: &CStr = c"__kvm_vcpu_kick";
const VCPU_IOCTL: &CStr = c"kvm_vcpu_ioctl";
const VCPU_CREATED: &CStr = c"kvm_arch_vcpu_postcreate";
const VCPU_DESTROY: &CStr = c"kvm_arch_vcpu_destroy";

/// The tracepoints that fire between an exit of one of our kinds and the next entry: two of every
/// exit, one of every sensitive instruction, and one of each kind of those.
const TRACEPOINTS: [&CStr; 7] = [
    c"kvm_exit",
    c"kvm_reenter",
    c"kvm_exit_gspr",
    c"kvm_exit_cpucfg",
    c"kvm_exit_csr",
    c"kvm_exit_cache",
    c"kvm_iocsr",
];

/// The addresses. All valid until the module is unloaded, since KVM cannot go before us.
struct Symbols {
    kick: KickFn,
    vcpu_ioctl: usize,
    vcpu_created: usize,
    vcpu_destroy: usize,
    /// Use counts of the tracepoints' static keys.
    traced: [*const c_int; TRACEPOINTS.len()],
}

/// # Invariants
///
/// Written by [`resolve`] only, before anything that reads it can run; constant from then on, and
/// read-only for the CPU too once the module is loaded.
struct Global(UnsafeCell<MaybeUninit<Symbols>>);

// SAFETY: By the type invariant there are only readers when more than one CPU can see it.
unsafe impl Sync for Global {}

#[link_section = ".data..ro_after_init"]
static SYMBOLS: Global = Global(UnsafeCell::new(MaybeUninit::uninit()));

/// The kernel's own exit function, where the entry code finds it.
///
/// # Invariants
///
/// As for [`Global`].
pub(crate) struct ExitFunction(UnsafeCell<usize>);

// SAFETY: As for `Global`.
unsafe impl Sync for ExitFunction {}

/// Address of `kvm_handle_exit()`.
#[link_section = ".data..ro_after_init"]
pub(crate) static KERNEL_HANDLE_EXIT: ExitFunction = ExitFunction(UnsafeCell::new(0));

/// Set by the first call of [`resolve`], which is the only one that writes.
static RESOLVED: AtomicFlag = AtomicFlag::new(false);

/// Looks everything up. To be called before the hook is made; has an effect once.
///
/// # Errors
///
/// Returns the first name that this kernel does not have, or will not tell.
pub(crate) fn resolve() -> Result<(), &'static CStr> {
    if RESOLVED.xchg(true, Full) {
        return Ok(());
    }
    let [handle_exit, kick, vcpu_ioctl, vcpu_created, vcpu_destroy] =
        addresses_of([HANDLE_EXIT, KICK, VCPU_IOCTL, VCPU_CREATED, VCPU_DESTROY])?;
    let symbols = Symbols {
        // SAFETY: The kernel's function of this name has this type, see `KICK_TYPE`.
        kick: unsafe { core::mem::transmute::<usize, KickFn>(kick) },
        vcpu_ioctl,
        vcpu_created,
        vcpu_destroy,
        traced: find_tracepoints(handle_exit)?,
    };
    // SAFETY: Nobody writes but the first call. Nobody reads yet: readers are reached through the
    // hook, which is made later. INVARIANT: written here only.
    unsafe { SYMBOLS.0.get().write(MaybeUninit::new(symbols)) };
    // SAFETY: As above.
    unsafe { KERNEL_HANDLE_EXIT.0.get().write(handle_exit) };
    Ok(())
}

/// The resolved addresses.
#[inline(always)]
fn symbols() -> &'static Symbols {
    // SAFETY: Readers run after `resolve()` only, and nobody writes then.
    unsafe { (*SYMBOLS.0.get()).assume_init_ref() }
}

/// Address of `kvm_handle_exit()`.
pub(crate) fn handle_exit() -> usize {
    // SAFETY: As in `symbols()`.
    unsafe { KERNEL_HANDLE_EXIT.0.get().read() }
}

/// Address of `kvm_vcpu_ioctl()`, which no file but that of a vCPU has.
pub(crate) fn vcpu_ioctl() -> usize {
    symbols().vcpu_ioctl
}

/// Address of `kvm_arch_vcpu_postcreate()`.
pub(crate) fn vcpu_created() -> usize {
    symbols().vcpu_created
}

/// Address of `kvm_arch_vcpu_destroy()`.
pub(crate) fn vcpu_destroy() -> usize {
    symbols().vcpu_destroy
}

/// A module beside the KVM of an unmodified kernel, which it has no names of.
pub(crate) enum Attached {}

impl Deployment for Attached {
    #[inline(always)]
    unsafe fn kick(vcpu: NonNull<kvm_vcpu>) {
        let kick = symbols().kick;
        // SAFETY: The kernel's own `__kvm_vcpu_kick()`, which may be called with interrupts off: it
        // takes raw locks only, and `put_cpu()` in it does not schedule with interrupts off. By the
        // contract the vCPU is alive and RCU is watching.
        unsafe { kick(vcpu.as_ptr(), false) };
    }

    #[inline(always)]
    fn is_traced(kind: Kind) -> bool {
        let [exit, reenter, gspr, cpucfg, csr, cache, iocsr] = &symbols().traced;
        let passed: &[&*const c_int] = match kind {
            Kind::Hvcl => &[exit, reenter],
            Kind::Cpucfg => &[exit, reenter, gspr, cpucfg],
            Kind::Csr => &[exit, reenter, gspr, csr],
            Kind::Cacop => &[exit, reenter, gspr, cache],
            Kind::Ipi => &[exit, reenter, gspr, iocsr],
            Kind::Ine => &[exit, reenter, gspr],
        };
        let mut users = 0;
        for key in passed {
            // SAFETY: The use count of a static key of KVM, which cannot go before us.
            users |= unsafe { key.read_volatile() };
        }
        users != 0
    }
}

/// Finds the use counts of [`TRACEPOINTS`], in the kernel image or in the module that has the
/// function at `in_kvm`.
fn find_tracepoints(in_kvm: usize) -> Result<[*const c_int; TRACEPOINTS.len()], &'static CStr> {
    /// Puts the key of a tracepoint whose name is on the list into its place.
    ///
    /// # Safety
    ///
    /// Called with a tracepoint that has a name, and with the address of `found`.
    unsafe extern "C" fn visit(tp: *mut bindings::tracepoint, found: *mut c_void) {
        // SAFETY: The kernel passes its tracepoints, each with a name for as long as it lives.
        let name = unsafe { CStr::from_char_ptr((*tp).name) };
        // SAFETY: The second argument is the array below, and nobody else uses it now.
        let found = unsafe { &mut *found.cast::<[*const c_int; TRACEPOINTS.len()]>() };
        for (wanted, slot) in TRACEPOINTS.iter().zip(found.iter_mut()) {
            if name == *wanted {
                // SAFETY: As above; only an address is computed.
                *slot = unsafe { &raw const (*tp).key.key.enabled.counter };
            }
        }
    }

    let mut found = [ptr::null::<c_int>(); TRACEPOINTS.len()];
    let array = ptr::from_mut(&mut found).cast();
    // SAFETY: Process context. The callback gets the array back, which outlives the call. Only
    // tracepoints of the kernel image and of KVM's module are visited, so what is found stays.
    unsafe { bindings::kvm_rs_visit_tracepoints(Some(visit), array, in_kvm as c_ulong) };
    match TRACEPOINTS.iter().zip(found).find(|(_, key)| key.is_null()) {
        Some((missing, _)) => Err(missing),
        None => Ok(found),
    }
}
