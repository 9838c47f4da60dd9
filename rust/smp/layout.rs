// SPDX-License-Identifier: GPL-2.0

//! Proofs at build time that bindgen's view of the kernel, the C compiler's, and the numbers of
//! this layer agree.

use super::{
    action::Action,
    event::Event, //
};
use crate::{
    bindings::{
        self,
        assert_offsets,
        layout as c, //
    },
    kvm::abi::{
        CpucfgRange,
        Function,
        Hypercall,
        PvFeatures, //
    }, //
};

assert_offsets! {
    smp_ops {
        send_ipi_single => SMP_OPS_SEND_IPI_SINGLE,
        send_ipi_mask => SMP_OPS_SEND_IPI_MASK,
    }
    irq_cpustat_t {
        ipi_irqs => IRQ_STAT_IPI_IRQS,
        message => IRQ_STAT_MESSAGE,
    }
    thread_info { cpu => THREAD_INFO_CPU }
    cpuinfo_loongarch { options => CPUINFO_OPTIONS }
    irq_data {
        chip => IRQ_DATA_CHIP,
        domain => IRQ_DATA_DOMAIN,
    }
    irq_chip { name => IRQ_CHIP_NAME }
    kprobe {
        addr => KPROBE_ADDR,
        symbol_name => KPROBE_SYMBOL_NAME,
        flags => KPROBE_FLAGS,
    }
}

const _: () = assert!(size_of::<bindings::smp_ops>() == c::SMP_OPS_SIZE);
const _: () = assert!(size_of::<bindings::irq_cpustat_t>() == c::IRQ_STAT_SIZE);
const _: () = assert!(size_of::<bindings::kprobe>() == c::KPROBE_SIZE);
const _: () = assert!(size_of::<[u64; Event::COUNT]>() == c::EVENTS_SIZE);

// The message word is alone on its cache line (64 bytes): receivers and senders of other CPUs'
// messages do not take it from each other.
const _: () = assert!(c::IRQ_STAT_MESSAGE % 64 == 0 && c::IRQ_STAT_SIZE % 64 == 0);

const _: () = assert!(Action::Reschedule.number() == bindings::ACTION_RESCHEDULE);
const _: () = assert!(Action::CallFunction.number() == bindings::ACTION_CALL_FUNCTION);
const _: () = assert!(Action::IrqWork.number() == bindings::ACTION_IRQ_WORK);
const _: () = assert!(Action::ClearVector.number() == bindings::ACTION_CLEAR_VECTOR);
const _: () = assert!(Action::new(bindings::ACTION_BOOT_CPU).is_none());

// `CAST:` in this block: small constants.
const _: () = assert!(Action::Reschedule.row() == bindings::ipi_msg_type_IPI_RESCHEDULE as usize);
const _: () =
    assert!(Action::CallFunction.row() == bindings::ipi_msg_type_IPI_CALL_FUNCTION as usize);
const _: () = assert!(Action::IrqWork.row() == bindings::ipi_msg_type_IPI_IRQ_WORK as usize);
const _: () =
    assert!(Action::ClearVector.row() == bindings::ipi_msg_type_IPI_CLEAR_VECTOR as usize);

const _: () = assert!(Hypercall::SERVICE as u64 == bindings::KVM_HCALL_SERVICE);
const _: () = assert!(Function::IPI == bindings::KVM_HCALL_FUNC_IPI as u64);
const _: () = assert!(PvFeatures::IPI == bindings::KVM_FEATURE_IPI);
const _: () = assert!(CpucfgRange::SIGNATURE == bindings::CPUCFG_KVM_SIG);
const _: () = assert!(CpucfgRange::FEATURE == bindings::CPUCFG_KVM_FEATURE);
