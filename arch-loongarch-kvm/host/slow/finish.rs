// SPDX-License-Identifier: GPL-2.0

//! Carries out what a handler decided: the only code here that moves PC, writes a register, queues
//! an exception or tells the VMM.

#![forbid(unsafe_code)]

use super::outcome::{
    Outcome,
    Resume, //
};
use crate::{
    hypercall,
    kvm::{
        abi::{
            Gpr,
            HcallReturn, //
        },
        access::{
            Bus,
            Load,
            Width, //
        },
        event::Event,
        phys_cpuid::{
            Destinations,
            Sent, //
        },
        task::{
            run::Exit,
            waiting::Waiting,
            TaskVcpu, //
        }, //
    },
    outcome::{
        Retire,
        Stat, //
    },
};

/// Carries out an outcome.
///
/// Inlined into each of its callers, which know what it is.
#[inline(always)]
pub(super) fn finish(vcpu: &mut TaskVcpu, outcome: Outcome) -> Resume {
    match outcome {
        Outcome::Step => vcpu.step_pc(),
        Outcome::Retire(answer) => retire(vcpu, answer),
        Outcome::Multicast(destinations) => multicast(vcpu, destinations),
        Outcome::Inject(exception) => {
            vcpu.unstep_pc();
            vcpu.queue_exception(exception);
        }
        Outcome::Again(request) => {
            vcpu.unstep_pc();
            if let Some(request) = request {
                vcpu.request(request);
            }
        }
        Outcome::Read(bus, address, load) => return read(vcpu, bus, address, load),
        Outcome::Write(bus, address, rd, width) => return write(vcpu, bus, address, rd, width),
        Outcome::Idle => {
            vcpu.step_pc();
            vcpu.halt();
        }
        Outcome::Call => {
            count(vcpu, Stat::Hypercall);
            let args = Gpr::ARGUMENTS.map(|register| vcpu.gpr(register));
            vcpu.wait_for(Waiting::Call, Exit::Call(args));
            return Resume::Vmm;
        }
        Outcome::Breakpoint => {
            vcpu.wait_for(Waiting::Nothing, Exit::Debug);
            return Resume::Vmm;
        }
        Outcome::Steal(area) => {
            vcpu.set_steal_area(area);
            retire(
                vcpu,
                hypercall::result(HcallReturn::Success, Stat::Hypercall),
            );
        }
    }
    Resume::Guest
}

#[inline(always)]
fn retire(vcpu: &mut TaskVcpu, answer: Retire) {
    if answer.denied {
        vcpu.count([(Event::Denied, 1)]);
    }
    count(vcpu, answer.stat);
    if let Some((csr, value)) = answer.csr {
        vcpu.set_csr(csr, value);
    }
    vcpu.set_gpr(answer.rd, answer.value);
    vcpu.step_pc();
}

/// Counts an exit as KVM does.
#[inline(always)]
fn count(vcpu: &mut TaskVcpu, stat: Stat) {
    match stat {
        Stat::None => {}
        Stat::Hypercall => vcpu.count_hypercall_exit(),
        Stat::Cpucfg => vcpu.count_cpucfg_exit(),
        // The device counts these.
        Stat::IpiRead | Stat::IpiWrite => {}
    }
}

#[inline(never)]
fn multicast(vcpu: &mut TaskVcpu, destinations: Destinations) {
    let (mut delivered, mut absent, mut kicked) = (0_u64, u64::from(destinations.outside()), 0_u64);
    for id in destinations {
        match vcpu.send_swi0(id) {
            Sent::Absent => absent = absent.wrapping_add(1),
            Sent::Queued | Sent::Unkicked => delivered = delivered.wrapping_add(1),
            Sent::Kicked => {
                delivered = delivered.wrapping_add(1);
                kicked = kicked.wrapping_add(1);
            }
        }
    }
    vcpu.count([
        (Event::IpiCalls, 1),
        (Event::Delivered, delivered),
        (Event::Absent, absent),
        (Event::Kicked, kicked),
    ]);
    retire(
        vcpu,
        hypercall::result(HcallReturn::Success, Stat::Hypercall),
    );
}

/// PC of an IOCSR access moves before the VMM is asked, that of a load when the answer is there.
#[inline(always)]
fn read(vcpu: &mut TaskVcpu, bus: Bus, address: u64, load: Load) -> Resume {
    vcpu.trace_read_begins(bus, address, load.width);
    if let Some(value) = vcpu.bus_read(bus, address, load.width) {
        vcpu.trace_read(bus, address, load.width, value);
        vcpu.set_gpr(load.rd, load.value(value));
        vcpu.step_pc();
        return Resume::Guest;
    }
    match bus {
        Bus::Mmio => vcpu.wait_for(Waiting::Mmio(load), Exit::MmioRead(address, load.width)),
        Bus::Iocsr => {
            vcpu.trace_read(bus, address, load.width, 0);
            vcpu.wait_for(Waiting::Iocsr(load), Exit::IocsrRead(address, load.width));
        }
    }
    Resume::Vmm
}

#[inline(always)]
fn write(vcpu: &mut TaskVcpu, bus: Bus, address: u64, rd: Gpr, width: Width) -> Resume {
    let value = vcpu.gpr(rd) & width.mask();
    vcpu.step_pc();
    vcpu.trace_write(bus, address, width, value);
    if vcpu.bus_write(bus, address, width, value) {
        return Resume::Guest;
    }
    let exit = match bus {
        Bus::Mmio => Exit::MmioWrite(address, width, value),
        Bus::Iocsr => Exit::IocsrWrite(address, width, value),
    };
    vcpu.wait_for(Waiting::Nothing, exit);
    Resume::Vmm
}
