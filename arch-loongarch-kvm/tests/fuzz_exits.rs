// SPDX-License-Identifier: GPL-2.0

//! Any exit of any vCPU: the answer is that of the kernel wherever it says that it is, and what
//! becomes of it is done once.

use crate::input::Input;
use crate::kvm::abi::{Gpr, Hypercall, Plv, PvFeatures};
use crate::kvm::csr::Csr;
use crate::kvm::event::Event;
use crate::kvm::exception::{Before, Exception, Taken};
use crate::kvm::kind::Kind;
use crate::kvm::task::waiting::Waiting;
use crate::model::{Model, Target, VECTOR};
use crate::outcome::{finish, Outcome, Resume, MAX_KICKS};
use crate::policy::Policy;
use crate::slow::mmio;
use crate::unit::Unit;
use crate::{cpucfg, csr, hypercall, insn, iocsr, reference};

const CPUCFG: [u32; 6] = [0, 20, 21, 0x4000_0000, 0x4000_0004, 0x4000_00ff];
const IMMEDIATES: [u32; 5] = [0, 0x100, 0x101, 0x102, 0x103];
const TARGETS: [Target; 4] = [
    Target::Outside,
    Target::InGuest,
    Target::Absent,
    Target::Preempting,
];

fn plv(input: &mut Input<'_>) -> Plv {
    Plv::from_crmd(input.byte().into())
}

fn policy(input: &mut Input<'_>) -> Policy {
    Policy {
        user_cpucfg: input.bool(),
        user_hypercall: input.bool(),
    }
}

fn features(input: &mut Input<'_>) -> PvFeatures {
    PvFeatures::from_raw(input.double())
}

fn a_hypercall(input: &mut Input<'_>) -> Outcome {
    let immediate = match input.byte() {
        few @ 0..=199 => IMMEDIATES[usize::from(few) % IMMEDIATES.len()],
        _ => input.word() & 0x7fff,
    };
    let args = hypercall::Args {
        call: Hypercall::from_immediate(immediate),
        a0: if input.bool() {
            (input.byte() & 3).into()
        } else {
            input.double()
        },
        a1: input.double(),
        a2: input.double(),
        a3: if input.bool() {
            input.half().into()
        } else {
            input.double()
        },
        plv: plv(input),
        features: features(input),
    };
    let outcome = hypercall::handle(args, policy(input));
    let kernel = reference::kernel_hypercall(&args);
    match outcome {
        Outcome::Retire(answer) if answer.kernel_agrees => {
            let (rd, value, ids) = kernel.unwrap();
            assert_eq!((answer.rd.index(), answer.value), (rd, value));
            assert!(ids.is_empty() && !answer.denied);
        }
        Outcome::Multicast(all) => {
            let (_, value, ids) = kernel.unwrap();
            assert_eq!(value, 0);
            assert!(all.map(|id| id.get()).eq(ids));
        }
        // Nothing that is left to the kernel unasked may send.
        Outcome::Kernel => {
            assert!(kernel.is_none_or(|(_, value, ids)| value != 0 && ids.is_empty()))
        }
        Outcome::Retire(_) => {}
        Outcome::Ipi(..) | Outcome::Inject(_) => unreachable!(),
    }
    outcome
}

fn a_cpucfg(input: &mut Input<'_>) -> Outcome {
    let index = if input.bool() {
        input.of(&CPUCFG)
    } else {
        input.word()
    };
    let args = cpucfg::Args {
        rd: Gpr::from_insn(input.byte().into(), 0),
        index,
        plv: plv(input),
        features: features(input),
    };
    let model = (index < 21).then(|| 0xab00_0000 + index);
    let outcome = match model {
        Some(word) => cpucfg::handle_model(args.rd, word),
        None => cpucfg::handle(args, policy(input)),
    };
    let Outcome::Retire(answer) = outcome else {
        unreachable!()
    };
    if answer.kernel_agrees {
        let (rd, value, _) = reference::kernel_cpucfg(&args, model).unwrap();
        assert_eq!((answer.rd.index(), answer.value), (rd, value));
        assert!(!answer.denied && !answer.rd.is_zero());
    }
    outcome
}

fn a_csr(input: &mut Input<'_>) -> Outcome {
    let (word, value, mask, old) = (input.word(), input.double(), input.double(), input.double());
    let (rd, rj) = (insn::rd(word), insn::rj(word));
    let kept = Csr::kept(insn::csr(word));
    let outcome = csr::handle(csr::Args {
        access: csr::Access::from_rj(rj),
        rd,
        kept: kept.map(|csr| csr::Kept {
            csr,
            old,
            value,
            mask,
        }),
        pmu: false,
    });
    let Outcome::Retire(answer) = outcome else {
        unreachable!()
    };
    let want = reference::kernel_csr(rj.index(), value, mask, kept.map(|_| old));
    assert_eq!((answer.value, answer.csr.map(|(_, new)| new)), want);
    assert_eq!((answer.rd, answer.kernel_agrees), (rd, !rd.is_zero()));
    // What is answered sooner is answered in the same way.
    assert!(Csr::is_known(insn::csr(word)) || outcome == csr::handle_unknown(rd));
    outcome
}

/// Words of instructions, and what is kept while a VMM is asked.
fn decoders(input: &mut Input<'_>) {
    let word = match input.byte() {
        0..=99 => 0x2400_0000 | input.word() & 0x1fff_ffff,
        100..=149 => 0x0648_0000 | input.word() & 0x7fff,
        _ => input.word(),
    };
    assert_eq!(mmio::decode(word), reference::kernel_mmio(word));
    assert_eq!(iocsr::decode(word), reference::kernel_iocsr(word));
    let waiting = match (mmio::decode(word), iocsr::decode(word)) {
        (Some(mmio::Access::Load(load)), _) => Waiting::Mmio(load),
        (_, Some(iocsr::Access::Read(load))) => Waiting::Iocsr(load),
        _ => Waiting::unpack(word),
    };
    assert_eq!(Waiting::unpack(waiting.pack()), waiting);
}

/// Carried out on a vCPU that anything may be the matter with.
fn carry_out(input: &mut Input<'_>, kind: Kind, outcome: Outcome) {
    let before = Model {
        targets: (0..256).map(|_| input.of(&TARGETS)).collect(),
        must_yield: input.byte() & 7 == 7,
        no_kicks: input.byte() & 7 == 7,
        owed: input.byte() & 7 == 7,
        kernel_injects: input.bool(),
        ..Model::new()
    };
    let mut vcpu = before.clone();
    let resume = finish(&mut vcpu, kind, outcome);
    let taken = vcpu.taken.len() as u64;
    // Where the instruction leads to.
    let next = if taken == 1 { VECTOR } else { before.pc + 4 };
    match resume {
        Resume::Guest => {
            assert_eq!((vcpu.pc, vcpu.done), (next, 0));
            assert!(!vcpu.must_yield && !vcpu.owed);
        }
        Resume::Kernel if vcpu.done == 1 => assert_eq!(vcpu.pc, next),
        Resume::Kernel => {
            assert_eq!((vcpu.done, vcpu.pc, vcpu.gprs), (0, before.pc, before.gprs));
            assert!(vcpu.stats.is_empty() && vcpu.csrs.is_empty() && taken == 0);
        }
    }
    assert_eq!(vcpu.gprs[0], 0);
    assert!((0..32).filter(|r| vcpu.gprs[*r] != before.gprs[*r]).count() <= 1);
    assert!(vcpu.kicks <= MAX_KICKS && taken <= 1);
    assert_eq!(
        vcpu.counted(Event::Fast(kind)) + vcpu.counted(Event::Slow(kind)),
        1
    );
}

/// The CSRs of a guest that takes an exception.
fn an_exception(input: &mut Input<'_>) {
    let before = Before {
        crmd: input.double(),
        prmd: input.double(),
        ecfg: input.double(),
        eentry: input.double(),
    };
    let exception = Exception::of(input.word(), input.word());
    let taken = Taken::new(exception, before);
    assert_eq!(taken.prmd & 7, before.crmd & 7);
    assert_eq!(taken.crmd & 7, 0);
    assert_eq!(taken.estat & !Taken::ESTAT_MASK, 0);
    assert_eq!(taken.estat >> 16 & 0x3f, exception.ecode().into());
    let vector = taken.pc.wrapping_sub(before.eentry);
    // 2^VS instructions each, of which there are 64 codes.
    assert!(vector < 64 << (2 + 7) && vector % 8 == 0);
}

pub(crate) fn run(input: &mut Input<'_>) {
    let (kind, outcome) = match input.byte() % 6 {
        0 => (Kind::Hvcl, a_hypercall(input)),
        1 => (Kind::Cpucfg, a_cpucfg(input)),
        2 => (Kind::Csr, a_csr(input)),
        3 => {
            let unit = Unit::from_ecode(input.byte().into());
            let model = input.word();
            match unit {
                Some(unit) if !unit.is_in(model) => (Kind::Ine, Outcome::Inject(Exception::INE)),
                _ => (Kind::Ine, Outcome::Kernel),
            }
        }
        4 => return decoders(input),
        _ => return an_exception(input),
    };
    carry_out(input, kind, outcome);
}
