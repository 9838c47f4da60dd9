// SPDX-License-Identifier: GPL-2.0

//! The IPI controllers of a VM as bytes, and each write as the manual and `intc/ipi.c` tell it: a
//! second and naive answer.

use crate::kvm::access::Width;

/// The controller of one vCPU.
#[derive(Clone, Debug)]
pub(crate) struct Bytes {
    id: u64,
    pub(crate) status: u32,
    pub(crate) enable: u32,
    pub(crate) mail: [u8; 32],
    pub(crate) up: bool,
}

/// The lowest bytes of a value, as many as an access has.
fn cut(value: u64, width: Width) -> u64 {
    let bytes = &value.to_le_bytes()[..width.bytes() as usize];
    bytes
        .iter()
        .rev()
        .fold(0, |value, byte| value << 8 | u64::from(*byte))
}

/// A word, of which those bytes are replaced that a bit of `kept` does not keep.
pub(crate) fn merge(old: [u8; 4], new: u32, kept: u64) -> [u8; 4] {
    let new = new.to_le_bytes();
    core::array::from_fn(|byte| {
        if kept >> byte & 1 == 0 {
            new[byte]
        } else {
            old[byte]
        }
    })
}

impl Bytes {
    /// Of the vCPU with this physical CPUID.
    pub(crate) fn new(id: u64) -> Self {
        Self {
            id,
            status: 0,
            enable: 0,
            mail: [0; 32],
            up: false,
        }
    }

    /// What a read gives.
    pub(crate) fn read(&self, offset: u32, width: Width) -> u64 {
        let (at, len) = (offset as usize, width.bytes() as usize);
        match at {
            _ if at % len != 0 => 0,
            0x0 => self.status.into(),
            0x4 => self.enable.into(),
            0x20..=0x3f if at + len <= 0x40 => {
                let bytes = self.mail[at - 0x20..][..len].iter().rev();
                bytes.fold(0, |value, byte| value << 8 | u64::from(*byte))
            }
            _ => 0,
        }
    }

    fn write_own(&mut self, offset: u32, width: Width, value: u64) {
        let (at, len) = (offset as usize, width.bytes() as usize);
        match at {
            0x4 => self.enable = value as u32,
            0x8 => self.status |= value as u32,
            0xc => self.status &= !(value as u32),
            0x20..=0x3f if at + len <= 0x40 => {
                self.mail[at - 0x20..][..len].copy_from_slice(&value.to_le_bytes()[..len]);
            }
            _ => {}
        }
        self.up = self.status != 0;
    }

    fn write_mail(&mut self, value: u64) {
        let at = (value >> 2 & 7) as usize * 4;
        let old = self.mail[at..][..4].try_into().unwrap();
        self.mail[at..][..4].copy_from_slice(&merge(old, (value >> 32) as u32, value >> 27 & 0xf));
    }
}

/// Number `who` of these vCPUs writes at an offset from its first register. Those that are named
/// and not there miss it.
pub(crate) fn write(vm: &mut [Bytes], who: usize, offset: u32, width: Width, value: u64) {
    let value = cut(value, width);
    if offset % width.bytes() != 0 {
        return;
    }
    if !matches!(offset, 0x40 | 0x48 | 0x158) {
        return vm[who].write_own(offset, width, value);
    }
    let Some(to) = vm.iter().position(|vcpu| vcpu.id == value >> 16 & 0x3ff) else {
        return;
    };
    match offset {
        0x40 => vm[to].write_own(0x8, Width::Word, 1 << (value & 31)),
        0x48 => vm[to].write_mail(value),
        // A word on the bus of the other one, where there is nothing but its controller.
        _ => {
            let Some(offset) = (value as u32 & 0xffff).checked_sub(0x1000) else {
                return;
            };
            let kept = value >> 27 & 0xf;
            let old = (vm[to].read(offset, Width::Word) as u32).to_le_bytes();
            let word = u32::from_le_bytes(merge(old, (value >> 32) as u32, kept));
            write(vm, to, offset, Width::Word, word.into());
        }
    }
}
