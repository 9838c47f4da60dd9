// SPDX-License-Identifier: GPL-2.0

//! Any accesses to the IPI controllers of a VM, by any of its vCPUs: the decoders agree, and all
//! state is what [`bytes`] has.

use crate::bytes::{self, Bytes};
use crate::input::Input;
use crate::ipi_controller::{read, read_any, write, write_any};
use crate::ipi_registers::{self, Write};
use crate::kvm::access::Width;
use crate::kvm::ipi_state::{Access, Read, State, Update};
use crate::kvm::ipi_status::Line;

const BASE: u32 = 0x1000;
const IDS: [u64; 3] = [0, 5, 255];
const WIDTHS: [Width; 4] = [Width::Byte, Width::Half, Width::Word, Width::Double];
const REGISTERS: [u32; 8] = [0x0, 0x4, 0x8, 0xc, 0x20, 0x40, 0x48, 0x158];

/// The controllers as the module has them, and the lines that follow.
struct Vm {
    states: [State; IDS.len()],
    up: [bool; IDS.len()],
}

impl Vm {
    fn update(&mut self, to: usize, update: Update) {
        match self.states[to].update(update) {
            Line::Keep => {}
            Line::Raise => assert!(!core::mem::replace(&mut self.up[to], true)),
            Line::Lower => self.up[to] = false,
        }
    }

    /// As `slow::ipi_device` does. A word that the bus brings back may lead there once more.
    fn write(&mut self, who: usize, offset: u32, width: Width, value: u64, turns: u32) {
        let number = |id: u64| IDS.iter().position(|have| *have == id);
        match ipi_registers::write(offset, width, value) {
            Write::Own(update) => self.update(who, update),
            Write::Other(id, update) => {
                if let Some(to) = number(id.get().into()) {
                    self.update(to, update);
                }
            }
            Write::Bus(id, write) => {
                assert!(turns < 2);
                let offset = u32::from(write.address).checked_sub(BASE);
                if let (Some(to), Some(offset)) = (number(id.get().into()), offset) {
                    let old = match write.kept {
                        0 => 0,
                        kept => self.read(to, offset, Width::Word) as u32 & kept,
                    };
                    self.write(
                        to,
                        offset,
                        Width::Word,
                        (old | write.value).into(),
                        turns + 1,
                    );
                }
            }
            Write::Nothing | Write::Unknown => {}
        }
    }

    fn read(&self, who: usize, offset: u32, width: Width) -> u64 {
        self.states[who].get(ipi_registers::read(offset, width))
    }
}

/// What is done with interrupts off, as an access to the state.
fn as_state(access: Access) -> Access {
    match access {
        Access::ReadStatus => Access::ReadState(Read::Status),
        Access::ReadEnable => Access::ReadState(Read::Enable),
        Access::ReadZero => Access::ReadState(Read::Zero),
        Access::WriteEnable(word) => Access::OwnState(Update::Enable(word)),
        Access::Own(change) => Access::OwnState(Update::Status(change)),
        Access::Other(id, change) => Access::OtherState(id, Update::Status(change)),
        other => other,
    }
}

/// What the fast way makes of a write is what the other way does.
fn fast_write(offset: u32, width: Width, value: u64) {
    let whole = match ipi_registers::write(offset, width, value) {
        Write::Own(update) => Access::OwnState(update),
        Write::Other(id, update) => Access::OtherState(id, update),
        Write::Bus(..) | Write::Nothing | Write::Unknown => Access::WriteNothing,
    };
    let any = write_any(BASE.wrapping_add(offset), width, value);
    assert!(any.is_none_or(|access| access == whole));
    if matches!(width, Width::Word) {
        let word = write(BASE.wrapping_add(offset), value as u32);
        assert!(word.is_none_or(|access| as_state(access) == whole));
    }
}

fn fast_read(offset: u32, width: Width) {
    let whole = match ipi_registers::read(offset, width) {
        Read::Unknown => None,
        what => Some(Access::ReadState(what)),
    };
    assert_eq!(read_any(BASE.wrapping_add(offset), width), whole);
    if matches!(width, Width::Word) {
        let word = read(BASE.wrapping_add(offset));
        assert!(word.is_none_or(|access| Some(as_state(access)) == whole));
    }
}

pub(crate) fn run(input: &mut Input<'_>) {
    let mut vm = Vm {
        states: [State::default(); IDS.len()],
        up: [false; IDS.len()],
    };
    let mut naive = IDS.map(Bytes::new);
    while !input.is_empty() {
        let who = usize::from(input.byte()) % IDS.len();
        let width = input.of(&WIDTHS);
        let offset = match input.byte() {
            register @ 0..=127 => REGISTERS[usize::from(register) % REGISTERS.len()],
            128..=159 => 0x20 + u32::from(input.byte() & 0x1f),
            160..=250 => u32::from(input.half() & 0x1ff),
            _ => input.word(),
        };
        if input.bool() {
            let value = input.double();
            fast_write(offset, width, value);
            vm.write(who, offset, width, value, 0);
            bytes::write(&mut naive, who, offset, width, value);
        } else {
            fast_read(offset, width);
            assert_eq!(vm.read(who, offset, width), naive[who].read(offset, width));
        }
        for (number, bytes) in naive.iter().enumerate() {
            let state = &vm.states[number];
            assert_eq!((state.status, state.enable), (bytes.status, bytes.enable));
            let mail = state.mail.map(u64::to_le_bytes);
            assert_eq!(mail.as_flattened(), bytes.mail);
            assert_eq!(vm.up[number], bytes.up);
        }
    }
}
