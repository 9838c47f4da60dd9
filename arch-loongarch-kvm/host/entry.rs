// SPDX-License-Identifier: GPL-2.0

//! Where the world switch calls us, and the only way out to the kernel.

use crate::{
    bindings,
    deployed::{
        Here,
        KERNEL_HANDLE_EXIT, //
    },
    exit,
    insn::{
        CPUCFG,
        IDLE,
        IOCSR, //
    },
    kvm::{
        abi::Hypercall,
        running::RunningVcpu, //
    },
    outcome::Resume,
    unit, //
};
use core::{
    arch::global_asm,
    mem::offset_of,
    ptr::NonNull, //
};

// int kvm_rs_handle_exit(struct kvm_run *run, struct kvm_vcpu *vcpu)
//
// This is what `vcpu->arch.handle_exit` points to. The world switch loads the pointer after the
// exit, with interrupts off, and calls it at once. It is assembly for one reason: the way to the
// kernel's function must be a jump, with nothing of ours left on the stack, because that function
// enables interrupts and may sleep while the module is unloaded. Rust promises no tail call.
//
// Hence from the load of the pointer to the jump or return below, interrupts are off. Once all
// pointers hold the kernel's function again, and every CPU has taken an interrupt, none is in
// this module or about to enter it.
//
// Two duties are seen to before Rust is called. The slot of r0 is zeroed: the kernel's handlers
// store results of r0-targeting instructions there, and would later read them as zero's value.
// And what is no exit of ours goes on to the kernel, as fast as can be told: by the Ecode; a unit
// that is switched off by the guest's model, if that has all of them; and
// `idle` by its opcode, and an IOCSR access by its address: of those in the range of the IPI
// controllers alone something is known here. Service calls, `cpucfg` and these have functions of
// their own, for some need more and the others less than the rest.
/// Calls a handler and goes on by its [`Answer`], which has `vcpu` for the kernel's function.
macro_rules! call {
    ($handler:literal) => {
        concat!(
            "addi.d $sp, $sp, -16\n",
            "st.d $ra, $sp, 8\n",
            "bl {",
            $handler,
            "}\n",
            "ld.d $ra, $sp, 8\n",
            "addi.d $sp, $sp, 16\n",
            "beqz $a0, 8f\n",
            "ret"
        )
    };
}

global_asm!(
    ".pushsection .text, \"ax\"",
    ".p2align 5",
    ".type kvm_rs_handle_exit, @function",
    "kvm_rs_handle_exit:",
    "st.d $zero, $a1, {gpr0}",
    "ld.d $t0, $a1, {estat}",
    "bstrpick.d $t1, $t0, {ecode_msb}, {ecode_lsb}",
    "sltui $t0, $t1, {first_unit}",
    "bnez $t0, 9f",
    "addi.d $t1, $t1, -{gspr}",
    "bnez $t1, 3f",
    "ld.wu $t0, $a1, {badi}",
    "srli.d $t1, $t0, 10",
    "addi.d $t1, $t1, -{cpucfg}",
    "beqz $t1, 2f",
    "srli.d $t1, $t0, 15",
    "ori $t2, $zero, {idle}",
    "beq $t1, $t2, 9f",
    "addi.d $t2, $t2, -1",
    "beq $t1, $t2, 5f",
    call!("sensitive"),
    "2:",
    call!("cpucfg_exit"),
    "3:",
    "addi.d $t1, $t1, -({hvc} - {gspr})",
    "bnez $t1, 6f",
    "ld.wu $t0, $a1, {badi}",
    "bstrpick.d $t0, $t0, 14, 0",
    "addi.d $t0, $t0, -{service_call}",
    "beqz $t0, 4f",
    call!("hypercall"),
    "4:",
    call!("service"),
    "5:",
    "bstrpick.d $t0, $t0, 9, 5",
    "alsl.d $t0, $t0, $a1, 3",
    "ld.w $t0, $t0, {gpr0}",
    "lu12i.w $t1, {ipi_base} >> 12",
    "sub.d $t0, $t0, $t1",
    "sltui $t0, $t0, {ipi_size}",
    "beqz $t0, 9f",
    call!("iocsr"),
    "6:",
    "ldptr.w $t0, $a1, {model}",
    "lu12i.w $t1, {units} >> 12",
    "ori $t1, $t1, {units} & 0xfff",
    "and $t0, $t0, $t1",
    "beq $t0, $t1, 9f",
    call!("unit"),
    "8:",
    "ld.d $a0, $a1, {run}",
    "9:",
    "pcalau12i $t0, %pc_hi20({kernel})",
    "ld.d $t0, $t0, %pc_lo12({kernel})",
    "jr $t0",
    ".size kvm_rs_handle_exit, . - kvm_rs_handle_exit",
    ".popsection",
    run = const offset_of!(bindings::kvm_vcpu, run),
    gpr0 = const offset_of!(bindings::kvm_vcpu, arch.gprs),
    estat = const offset_of!(bindings::kvm_vcpu, arch.host_estat),
    badi = const offset_of!(bindings::kvm_vcpu, arch.badi),
    ecode_lsb = const bindings::CSR_ESTAT_EXC_SHIFT,
    ecode_msb = const bindings::CSR_ESTAT_EXC_SHIFT + bindings::CSR_ESTAT_EXC_WIDTH - 1,
    first_unit = const bindings::EXCCODE_FPDIS,
    gspr = const bindings::EXCCODE_GSPR,
    hvc = const bindings::EXCCODE_HVC,
    model = const MODEL,
    units = const unit::ALL,
    service_call = const Hypercall::SERVICE,
    cpucfg = const CPUCFG,
    idle = const IDLE,
    ipi_base = const bindings::IOCSR_IPI_BASE,
    ipi_size = const bindings::IOCSR_IPI_SIZE,
    service = sym kvm_rs_service,
    hypercall = sym kvm_rs_hypercall,
    cpucfg_exit = sym kvm_rs_cpucfg,
    sensitive = sym kvm_rs_sensitive,
    iocsr = sym kvm_rs_iocsr,
    unit = sym kvm_rs_unit,
    kernel = sym KERNEL_HANDLE_EXIT,
);

const _: () = assert!(IOCSR + 1 == IDLE);
const _: () = assert!(bindings::IOCSR_IPI_BASE & 0xfff == 0);
const _: () = assert!(bindings::IOCSR_IPI_SIZE < 2048);
// Faults and interrupts have lower Ecodes than all that is looked at.
const _: () = assert!(bindings::EXCCODE_FPDIS > bindings::EXCCODE_TLBPE);
const _: () = assert!(bindings::EXCCODE_FPDIS < bindings::EXCCODE_GSPR);
const _: () = assert!(MODEL < 1 << 15 && MODEL & 3 == 0);
const _: () = assert!(offset_of!(bindings::kvm_vcpu, arch.host_estat) < 2048);
const _: () = assert!(offset_of!(bindings::kvm_vcpu, run) < 2048);
const _: () = assert!(offset_of!(bindings::kvm_vcpu, arch.badi) < 2048);
const _: () = assert!(offset_of!(bindings::kvm_vcpu, arch.gprs) < 2048);

/// Where the word of CPUCFG is that says what units a vCPU has. CAST: A small number.
const MODEL: usize = offset_of!(bindings::kvm_vcpu, arch.cpucfg)
    + bindings::LOONGARCH_CPUCFG2 as usize * size_of::<u32>();

extern "C" {
    fn kvm_rs_handle_exit();
}

/// The address of the code above: a function of the type of `vcpu->arch.handle_exit`, which ends
/// in one of two ways, back to the guest or with a jump to the kernel's function.
pub(crate) fn address() -> usize {
    kvm_rs_handle_exit as *const () as usize
}

/// What a handler tells the code above, in `$a0` and `$a1`.
#[repr(C)]
struct Answer {
    /// `RESUME_GUEST` to go back to the guest, 0 to go on to the kernel's exit function.
    resume: u64,
    /// The vCPU, for that function.
    vcpu: NonNull<bindings::kvm_vcpu>,
}

/// Handles a service call.
///
/// # Safety
///
/// Called by the code above only, which passes on the vCPU that just left its guest, with the slot
/// of r0 zeroed.
#[no_mangle]
unsafe extern "C" fn kvm_rs_service(
    _run: *mut bindings::kvm_run,
    vcpu: NonNull<bindings::kvm_vcpu>,
) -> Answer {
    // SAFETY: By the contract; the value does not outlive this call.
    let mut running = unsafe { RunningVcpu::<Here>::from_raw(vcpu) };
    answer(exit::service(&mut running), vcpu)
}

/// Handles any other hypercall.
///
/// # Safety
///
/// Called by the code above only, which passes on the vCPU that just left its guest, with the slot
/// of r0 zeroed.
#[no_mangle]
unsafe extern "C" fn kvm_rs_hypercall(
    _run: *mut bindings::kvm_run,
    vcpu: NonNull<bindings::kvm_vcpu>,
) -> Answer {
    // SAFETY: By the contract; the value does not outlive this call.
    let mut running = unsafe { RunningVcpu::<Here>::from_raw(vcpu) };
    answer(exit::hypercall(&mut running), vcpu)
}

/// Handles a `cpucfg`.
///
/// # Safety
///
/// Called by the code above only, which passes on the vCPU that just left its guest, with the slot
/// of r0 zeroed.
#[no_mangle]
unsafe extern "C" fn kvm_rs_cpucfg(
    _run: *mut bindings::kvm_run,
    vcpu: NonNull<bindings::kvm_vcpu>,
) -> Answer {
    // SAFETY: By the contract; the value does not outlive this call.
    let mut running = unsafe { RunningVcpu::<Here>::from_raw(vcpu) };
    answer(exit::cpucfg(&mut running), vcpu)
}

/// Handles any other guest sensitive instruction.
///
/// # Safety
///
/// Called by the code above only, which passes on the vCPU that just left its guest, with the slot
/// of r0 zeroed.
#[no_mangle]
unsafe extern "C" fn kvm_rs_sensitive(
    _run: *mut bindings::kvm_run,
    vcpu: NonNull<bindings::kvm_vcpu>,
) -> Answer {
    // SAFETY: By the contract; the value does not outlive this call.
    let running = unsafe { RunningVcpu::<Here>::from_raw(vcpu) };
    answer(exit::sensitive(running), vcpu)
}

/// Handles an IOCSR access in the range of the IPI controllers.
///
/// # Safety
///
/// Called by the code above only, which passes on the vCPU that just left its guest, with the slot
/// of r0 zeroed.
#[no_mangle]
unsafe extern "C" fn kvm_rs_iocsr(
    _run: *mut bindings::kvm_run,
    vcpu: NonNull<bindings::kvm_vcpu>,
) -> Answer {
    // SAFETY: By the contract; the value does not outlive this call.
    let running = unsafe { RunningVcpu::<Here>::from_raw(vcpu) };
    answer(exit::iocsr(running), vcpu)
}

/// Handles a unit that is switched off, or any other Ecode that is not low.
///
/// # Safety
///
/// Called by the code above only, which passes on the vCPU that just left its guest, with the slot
/// of r0 zeroed.
#[no_mangle]
unsafe extern "C" fn kvm_rs_unit(
    _run: *mut bindings::kvm_run,
    vcpu: NonNull<bindings::kvm_vcpu>,
) -> Answer {
    // SAFETY: By the contract; the value does not outlive this call.
    let running = unsafe { RunningVcpu::<Here>::from_raw(vcpu) };
    answer(exit::unit(running), vcpu)
}

#[inline(always)]
fn answer(resume: Resume, vcpu: NonNull<bindings::kvm_vcpu>) -> Answer {
    Answer {
        resume: match resume {
            Resume::Guest => u64::from(bindings::RESUME_GUEST),
            Resume::Kernel => 0,
        },
        vcpu,
    }
}
