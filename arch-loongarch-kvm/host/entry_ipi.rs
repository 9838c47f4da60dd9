// SPDX-License-Identifier: GPL-2.0

//! The functions by which the rest of KVM has IPI controllers: the device that a VMM makes, and the
//! one that it puts on the VM's IOCSR bus. Their C counterpart is `intc/ipi.o`, which a KVM with
//! this code does without.

use crate::{
    bindings::{
        self,
        kvm_device,
        kvm_device_attr,
        kvm_device_ops,
        kvm_io_device,
        kvm_io_device_ops,
        kvm_vcpu,
        loongarch_ipi, //
    },
    kvm::{
        access::Width,
        task::ipi::{
            Controller,
            Saved, //
        }, //
    },
    slow::ipi_device,
};
use core::{
    ffi::c_void,
    ptr::{
        self,
        NonNull, //
    },
};
use kernel::{
    alloc::flags::{
        __GFP_ZERO, //
        GFP_KERNEL_ACCOUNT,
    },
    ffi::c_int,
    prelude::*,
    uaccess::{
        UserPtr,
        UserSlice, //
    },
};

// The two functions that KVM calls are what its header says.
const _: () = {
    let _ = if true {
        kvm_loongarch_register_ipi_device
    } else {
        bindings::kvm_loongarch_register_ipi_device
    };
    let _ = if true {
        kvm_loongarch_unregister_ipi_device
    } else {
        bindings::kvm_loongarch_unregister_ipi_device
    };
};

/// A table of functions for C, which does not change.
struct Table<T>(T);

// SAFETY: Nobody writes to it.
unsafe impl<T> Sync for Table<T> {}

static ON_BUS: Table<kvm_io_device_ops> = Table(kvm_io_device_ops {
    read: Some(bus_read),
    write: Some(bus_write),
    destructor: None,
});

/// The name that the kernel's own has.
const NAME: &[u8] = b"kvm-loongarch-ipi\0";

static DEVICE: Table<kvm_device_ops> = Table(kvm_device_ops {
    name: NAME.as_ptr(),
    create: Some(create),
    destroy: Some(destroy),
    set_attr: Some(set_attr),
    get_attr: Some(get_attr),
    // SAFETY: The rest are optional functions, of which zero is none.
    ..unsafe { core::mem::zeroed() }
});

/// Makes the device known that VMMs ask for. Returns 0 or an error. May sleep.
#[no_mangle]
extern "C" fn kvm_loongarch_register_ipi_device() -> c_int {
    let kind = bindings::kvm_device_type_KVM_DEV_TYPE_LOONGARCH_IPI;
    // SAFETY: The table lives as long as KVM, and its functions are what C expects.
    unsafe { bindings::kvm_register_device_ops(&raw const DEVICE.0, kind) }
}

/// Makes it unknown again. No VM is left.
#[no_mangle]
extern "C" fn kvm_loongarch_unregister_ipi_device() {
    let kind = bindings::kvm_device_type_KVM_DEV_TYPE_LOONGARCH_IPI;
    // SAFETY: It was made known; nobody uses it.
    unsafe { bindings::kvm_unregister_device_ops(kind) };
}

/// An access of a length that there is no instruction for is none.
fn width(len: c_int) -> Option<Width> {
    match len {
        1 => Some(Width::Byte),
        2 => Some(Width::Half),
        4 => Some(Width::Word),
        8 => Some(Width::Double),
        _ => None,
    }
}

/// # Safety
///
/// Called by KVM's bus, for a vCPU that stays, in a task's context.
unsafe fn controller(vcpu: *mut kvm_vcpu) -> Controller {
    // SAFETY: By the contract it is not null.
    let vcpu = unsafe { NonNull::new_unchecked(vcpu) };
    // SAFETY: By the contract.
    unsafe { Controller::from_raw(vcpu) }
}

/// The offset from the first register. The bus has seen that it is in range.
fn offset(address: u64) -> u32 {
    // CAST: Addresses on this bus have 32 bits.
    (address as u32).wrapping_sub(bindings::IOCSR_IPI_BASE)
}

/// # Safety
///
/// Called by KVM's bus: `value` has room for `len` bytes.
unsafe extern "C" fn bus_read(
    vcpu: *mut kvm_vcpu,
    _device: *mut kvm_io_device,
    address: u64,
    len: c_int,
    value: *mut c_void,
) -> c_int {
    let Some(width) = width(len) else {
        return 0;
    };
    // SAFETY: By the contract.
    let controller = unsafe { controller(vcpu) };
    let bytes = ipi_device::read(controller, offset(address), width).to_le_bytes();
    // SAFETY: By the contract; a width is at most the eight bytes of the value.
    unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), value.cast(), width.bytes() as usize) };
    0
}

/// # Safety
///
/// Called by KVM's bus: `value` has `len` bytes.
unsafe extern "C" fn bus_write(
    vcpu: *mut kvm_vcpu,
    _device: *mut kvm_io_device,
    address: u64,
    len: c_int,
    value: *const c_void,
) -> c_int {
    let Some(width) = width(len) else {
        return 0;
    };
    let mut bytes = [0_u8; 8];
    // SAFETY: By the contract; a width is at most the eight bytes of the array.
    unsafe { ptr::copy_nonoverlapping(value.cast(), bytes.as_mut_ptr(), width.bytes() as usize) };
    // SAFETY: By the contract.
    let controller = unsafe { controller(vcpu) };
    ipi_device::write(
        controller,
        offset(address),
        width,
        u64::from_le_bytes(bytes),
    );
    0
}

/// # Safety
///
/// Called by KVM when a VMM makes the device: `device` is new, and its VM valid.
unsafe extern "C" fn create(device: *mut kvm_device, _kind: u32) -> c_int {
    // SAFETY: By the contract.
    let kvm = unsafe { (*device).kvm };
    // SAFETY: As above; only an address is computed.
    let place = unsafe { &raw mut (*kvm).arch.ipi };
    // SAFETY: As above. KVM makes one device of a VM at a time.
    if !unsafe { place.read() }.is_null() {
        return EINVAL.to_errno();
    }
    let ipi = match KBox::<loongarch_ipi>::new_uninit(GFP_KERNEL_ACCOUNT | __GFP_ZERO) {
        Ok(ipi) => KBox::into_raw(ipi).cast::<loongarch_ipi>(),
        Err(_) => return ENOMEM.to_errno(),
    };
    // SAFETY: It was just allocated, as zeroes, and nobody else knows of it.
    unsafe { (*ipi).kvm = kvm };
    // SAFETY: As above.
    let on_bus = unsafe { &raw mut (*ipi).device };
    // SAFETY: As above. `kvm_iodevice_init()`.
    unsafe { (*on_bus).ops = &raw const ON_BUS.0 };
    let (base, size) = (bindings::IOCSR_IPI_BASE, bindings::IOCSR_IPI_SIZE);
    // SAFETY: The VM is valid, and the device lives until it is taken off the bus.
    if unsafe { bindings::kvm_rs_iocsr_register(kvm, base, size, on_bus) } != 0 {
        // SAFETY: From `KBox::into_raw()`, and nobody knows of it.
        drop(unsafe { KBox::from_raw(ipi) });
        return EFAULT.to_errno();
    }
    // All is ready: from now on it is served with interrupts off, too.
    // SAFETY: As above.
    unsafe { place.write_volatile(ipi) };
    0
}

/// # Safety
///
/// Called by KVM when the VM goes: no vCPU runs, and `device` is nobody's any more.
unsafe extern "C" fn destroy(device: *mut kvm_device) {
    // SAFETY: By the contract.
    let kvm = unsafe { (*device).kvm };
    // SAFETY: As above; only an address is computed.
    let place = unsafe { &raw mut (*kvm).arch.ipi };
    // SAFETY: As above.
    let ipi = unsafe { place.replace(ptr::null_mut()) };
    if !ipi.is_null() {
        // SAFETY: Made by `create()`.
        let on_bus = unsafe { &raw mut (*ipi).device };
        // SAFETY: Put there by `create()`.
        unsafe { bindings::kvm_rs_iocsr_unregister(kvm, on_bus) };
        // SAFETY: From `KBox::into_raw()`, and nobody knows of it any more.
        drop(unsafe { KBox::from_raw(ipi) });
    }
    // SAFETY: KVM allocated it, and leaves it to this function to give it back.
    unsafe { bindings::kfree(device.cast()) };
}

/// The register and the vCPU that an attribute names: bits 25 to 16 are the vCPU's ID, bits 7 to 0
/// the register's offset.
///
/// # Safety
///
/// Called by KVM for an attribute of `device`, whose VM stays.
unsafe fn attribute(
    device: *mut kvm_device,
    attr: &kvm_device_attr,
) -> Result<(Controller, Saved)> {
    if attr.group != bindings::KVM_DEV_LOONGARCH_IPI_GRP_REGS {
        return Err(EINVAL);
    }
    // CAST: Ten bits, and eight.
    let (id, offset) = (
        (attr.attr >> 16 & 0x3ff) as c_int,
        (attr.attr & 0xff) as u32,
    );
    let saved = Saved::from_offset(offset).ok_or(EINVAL)?;
    // SAFETY: By the contract.
    let kvm = unsafe { (*device).kvm };
    // SAFETY: As above.
    let vcpu = unsafe { bindings::kvm_rs_vcpu_by_id(kvm, id) };
    let vcpu = NonNull::new(vcpu).ok_or(EINVAL)?;
    // SAFETY: It is a vCPU of that VM, and stays as long as that.
    Ok((unsafe { Controller::from_raw(vcpu) }, saved))
}

/// # Safety
///
/// Called by KVM for a VMM's `KVM_GET_DEVICE_ATTR`.
unsafe extern "C" fn get_attr(device: *mut kvm_device, attr: *mut kvm_device_attr) -> c_int {
    // SAFETY: By the contract it is a copy of what the VMM said.
    let attr = unsafe { &*attr };
    // SAFETY: By the contract.
    to_errno(
        unsafe { attribute(device, attr) }.and_then(|(controller, saved)| {
            let bytes = controller.saved(saved).to_le_bytes();
            let bytes = bytes.get(..saved.size()).ok_or(EINVAL)?;
            UserSlice::new(user(attr), saved.size())
                .writer()
                .write_slice(bytes)
        }),
    )
}

/// # Safety
///
/// Called by KVM for a VMM's `KVM_SET_DEVICE_ATTR`.
unsafe extern "C" fn set_attr(device: *mut kvm_device, attr: *mut kvm_device_attr) -> c_int {
    // SAFETY: By the contract it is a copy of what the VMM said.
    let attr = unsafe { &*attr };
    // SAFETY: By the contract.
    to_errno(
        unsafe { attribute(device, attr) }.and_then(|(controller, saved)| {
            let mut bytes = [0_u8; 8];
            let part = bytes.get_mut(..saved.size()).ok_or(EINVAL)?;
            UserSlice::new(user(attr), saved.size())
                .reader()
                .read_slice(part)?;
            controller.restore(saved, u64::from_le_bytes(bytes));
            Ok(())
        }),
    )
}

/// Where in its memory the VMM has, or wants, the value.
fn user(attr: &kvm_device_attr) -> UserPtr {
    // CAST: An address has 64 bits.
    UserPtr::from_addr(attr.addr as usize)
}

fn to_errno(result: Result) -> c_int {
    result.map_or_else(|error| error.to_errno(), |()| 0)
}
