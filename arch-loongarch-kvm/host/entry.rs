// SPDX-License-Identifier: GPL-2.0

//! Where the world switch calls us, and the only way out to the kernel.

use crate::{
    attach::symbols::KERNEL_HANDLE_EXIT,
    bindings,
    exit,
    insn::CPUCFG_OPCODE,
    kvm::vcpu::RunningVcpu,
    outcome::Resume, //
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
// And every exit but a hypercall and a `cpucfg` goes on to the kernel. The Ecodes of hypercalls
// and of sensitive instructions differ in the lowest bit only, which saves the others a test.
global_asm!(
    ".pushsection .text, \"ax\"",
    ".p2align 5",
    ".type kvm_rs_handle_exit, @function",
    "kvm_rs_handle_exit:",
    "st.d $zero, $a1, {gpr0}",
    "ld.d $t0, $a1, {estat}",
    "bstrpick.d $t1, $t0, {ecode_msb}, {ecode_lsb} + 1",
    "addi.d $t1, $t1, -({gspr} >> 1)",
    "bnez $t1, 1f",
    "bstrpick.d $t0, $t0, {ecode_lsb}, {ecode_lsb}",
    "bnez $t0, 3f",
    "ld.wu $t0, $a1, {badi}",
    "srli.d $t0, $t0, 10",
    "addi.d $t0, $t0, -{cpucfg}",
    "bnez $t0, 1f",
    "3:",
    "addi.d $sp, $sp, -32",
    "st.d $ra, $sp, 24",
    "st.d $a0, $sp, 16",
    "st.d $a1, $sp, 8",
    "move $a0, $a1",
    "bl {exit}",
    "ld.d $ra, $sp, 24",
    "bnez $a0, 2f",
    "ld.d $a0, $sp, 16",
    "ld.d $a1, $sp, 8",
    "addi.d $sp, $sp, 32",
    "1:",
    "pcalau12i $t0, %pc_hi20({kernel})",
    "ld.d $t0, $t0, %pc_lo12({kernel})",
    "jr $t0",
    "2:",
    "addi.d $sp, $sp, 32",
    "ret",
    ".size kvm_rs_handle_exit, . - kvm_rs_handle_exit",
    ".popsection",
    gpr0 = const offset_of!(bindings::kvm_vcpu, arch.gprs),
    estat = const offset_of!(bindings::kvm_vcpu, arch.host_estat),
    badi = const offset_of!(bindings::kvm_vcpu, arch.badi),
    cpucfg = const CPUCFG_OPCODE,
    ecode_lsb = const bindings::CSR_ESTAT_EXC_SHIFT,
    ecode_msb = const bindings::CSR_ESTAT_EXC_SHIFT + bindings::CSR_ESTAT_EXC_WIDTH - 1,
    gspr = const bindings::EXCCODE_GSPR,
    exit = sym kvm_rs_exit,
    kernel = sym KERNEL_HANDLE_EXIT,
);

const _: () = assert!(bindings::EXCCODE_GSPR & 1 == 0);
const _: () = assert!(bindings::EXCCODE_HVC == bindings::EXCCODE_GSPR + 1);
const _: () = assert!(offset_of!(bindings::kvm_vcpu, arch.host_estat) < 2048);
const _: () = assert!(offset_of!(bindings::kvm_vcpu, arch.badi) < 2048);
const _: () = assert!(offset_of!(bindings::kvm_vcpu, arch.gprs) < 2048);

extern "C" {
    fn kvm_rs_handle_exit();
}

/// The address that adopted vCPUs have as their exit function.
pub(crate) fn address() -> usize {
    kvm_rs_handle_exit as *const () as usize
}

/// Handles a hypercall or a sensitive instruction.
///
/// Returns `RESUME_GUEST` to go back to the guest, 0 to go on to the kernel's exit function.
///
/// # Safety
///
/// Called by the code above only, which passes on the vCPU that just left its guest.
#[no_mangle]
unsafe extern "C" fn kvm_rs_exit(vcpu: NonNull<bindings::kvm_vcpu>) -> u64 {
    // SAFETY: By the contract; the value does not outlive this call.
    let mut vcpu = unsafe { RunningVcpu::from_raw(vcpu) };

    match exit::handle(&mut vcpu) {
        Resume::Guest => u64::from(bindings::RESUME_GUEST),
        Resume::Kernel => 0,
    }
}
