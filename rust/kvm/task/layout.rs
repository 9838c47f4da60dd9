// SPDX-License-Identifier: GPL-2.0

//! Proofs at build time that bindgen, the C compiler and the numbers here agree, for what only a
//! part of KVM uses.

use super::{
    super::exception::{
        ecode,
        Exception,
        Taken, //
    },
    steal::Area, //
};
use crate::bindings::{
    self,
    assert_offsets,
    layout as c, //
};

assert_offsets! {
    kvm_vcpu {
        mmio_needed => VCPU_MMIO_NEEDED,
        mmio_is_write => VCPU_MMIO_IS_WRITE,
        arch.badv => VCPU_BADV,
        arch.io_gpr => VCPU_IO_GPR,
        arch.ipi_state.set => VCPU_IPI_SET,
        arch.ipi_state.clear => VCPU_IPI_CLEAR,
        arch.esubcode => VCPU_ESUBCODE,
        arch.st.guest_addr => VCPU_STEAL_ADDRESS,
        arch.st.last_steal => VCPU_STEAL_LAST,
        stat.idle_exits => VCPU_STAT_IDLE_EXITS,
    }
    kvm { arch.gpa_size => KVM_GPA_SIZE }
    loongarch_ipi { device => IPI_DEVICE }
    kvm_device { kvm => DEVICE_KVM }
    kvm_device_ops { get_attr => DEVICE_OPS_GET_ATTR }
    kvm_run {
        exit_reason => RUN_EXIT_REASON,
        __bindgen_anon_1.mmio.phys_addr => RUN_MMIO_PHYS_ADDR,
        __bindgen_anon_1.mmio.data => RUN_MMIO_DATA,
        __bindgen_anon_1.mmio.len => RUN_MMIO_LEN,
        __bindgen_anon_1.mmio.is_write => RUN_MMIO_IS_WRITE,
        __bindgen_anon_1.iocsr_io.phys_addr => RUN_IOCSR_PHYS_ADDR,
        __bindgen_anon_1.iocsr_io.data => RUN_IOCSR_DATA,
        __bindgen_anon_1.iocsr_io.len => RUN_IOCSR_LEN,
        __bindgen_anon_1.iocsr_io.is_write => RUN_IOCSR_IS_WRITE,
        __bindgen_anon_1.hypercall.nr => RUN_HYPERCALL_NR,
        __bindgen_anon_1.hypercall.args => RUN_HYPERCALL_ARGS,
        __bindgen_anon_1.hypercall.ret => RUN_HYPERCALL_RET,
    }
}

const _: () = assert!(size_of::<bindings::loongarch_ipi>() == c::IPI_SIZE);
const _: () = assert!(size_of::<bindings::kvm_device_ops>() == c::DEVICE_OPS_SIZE);
const _: () = assert!(size_of::<bindings::kvm_io_device_ops>() == c::IO_DEVICE_OPS_SIZE);
const _: () = assert!(ecode::TLBL == bindings::EXCCODE_TLBL);
const _: () = assert!(ecode::TLBS == bindings::EXCCODE_TLBS);
const _: () = assert!(ecode::TLBI == bindings::EXCCODE_TLBI);
const _: () = assert!(ecode::TLBM == bindings::EXCCODE_TLBM);
const _: () = assert!(ecode::FPDIS == bindings::EXCCODE_FPDIS);
const _: () = assert!(ecode::LSXDIS == bindings::EXCCODE_LSXDIS);
const _: () = assert!(ecode::LASXDIS == bindings::EXCCODE_LASXDIS);
const _: () = assert!(ecode::BTDIS == bindings::EXCCODE_BTDIS);
const _: () = assert!(ecode::GSPR == bindings::EXCCODE_GSPR);
const _: () = assert!(ecode::HVC == bindings::EXCCODE_HVC);
const _: () = assert!(Exception::INE.ecode() == bindings::EXCCODE_INE);
const _: () = assert!(Exception::ADEF.ecode() == bindings::EXCCODE_ADE);
const _: () = assert!(Exception::ADEF.esubcode() == bindings::EXSUBCODE_ADEF);
const _: () = assert!(Exception::ADEM.esubcode() == bindings::EXSUBCODE_ADEM);
// CAST: Widened.
const _: () = assert!(!Area::ADDRESS == c::STEAL_PHYS_OTHERS as u64);
const _: () = assert!(Area::VALID == c::STEAL_PHYS_VALID as u64);
const _: () = assert!(Taken::ESTAT_MASK == (c::ESTAT_EXC | c::ESTAT_ESUBCODE) as u64);
