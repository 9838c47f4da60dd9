// SPDX-License-Identifier: GPL-2.0

//! A directory in debugfs with a file for each number that somebody may want to read.
//!
//! The files are made by the C half of the module (`rust/helpers/debugfs.h`). Those of the
//! kernel's `debugfs` have no owner in 7.2: a module can be unloaded while one is open, and
//! closing it then calls what is no longer there.

use crate::bindings::{
    self,
    rs_number, //
};
use kernel::prelude::*;

/// Something that has a name and a value.
pub(crate) trait Number: Copy + Send + Sync + 'static {
    /// Name of its file.
    fn name(self) -> &'static CStr;
    /// Its value now. Called in process context.
    fn read(self) -> u64;
}

/// The functions that the C half of a module has for this.
pub(crate) struct Files {
    /// Makes a directory with so many files; any thread may read them until it is removed.
    pub(crate) show:
        unsafe extern "C" fn(*const c_char, *const rs_number, c_uint) -> *mut bindings::dentry,
    /// Removes it; waits for readers.
    pub(crate) hide: unsafe extern "C" fn(*mut bindings::dentry),
}

/// The directory, present for as long as the value lives.
///
/// # Invariants
///
/// `dir` is what `files.show` has made of `_numbers`, whose elements do not move.
pub(crate) struct Directory<const LEN: usize> {
    files: Files,
    dir: *mut bindings::dentry,
    _numbers: KBox<[rs_number; LEN]>,
}

// SAFETY: debugfs does its own locking; the value is only kept and dropped.
unsafe impl<const LEN: usize> Send for Directory<LEN> {}
// SAFETY: As above, and there are no methods.
unsafe impl<const LEN: usize> Sync for Directory<LEN> {}

impl<const LEN: usize> Directory<LEN> {
    /// Creates it at the root of debugfs. A kernel without debugfs does without.
    ///
    /// To be the last thing that module init does: nobody waits for open files if that fails.
    ///
    /// # Errors
    ///
    /// `ENOMEM`; there is no directory then.
    pub(crate) fn new<N: Number>(
        files: Files,
        name: &'static CStr,
        numbers: &'static [N; LEN],
    ) -> Result<Self> {
        let shown = numbers.each_ref().map(|number| rs_number {
            name: number.name().as_char_ptr(),
            read: Some(read::<N>),
            number: (&raw const *number).cast(),
        });
        let shown = KBox::new(shown, GFP_KERNEL)?;
        // CAST: There are few.
        let len = LEN as c_uint;
        // SAFETY: So many elements, which stay where they are until the directory is removed.
        let dir = unsafe { (files.show)(name.as_char_ptr(), (*shown).as_ptr(), len) };
        // INVARIANT: Just made of it.
        Ok(Self {
            files,
            dir,
            _numbers: shown,
        })
    }
}

impl<const LEN: usize> Drop for Directory<LEN> {
    fn drop(&mut self) {
        // SAFETY: By the type invariant it is there. No file is open: each has a reference to
        // this module.
        unsafe { (self.files.hide)(self.dir) };
    }
}

/// Reads a number for the C half.
///
/// # Safety
///
/// `number` is that of an entry made with this function by [`Directory::new`].
unsafe extern "C" fn read<N: Number>(number: *const c_void) -> u64 {
    // SAFETY: By the contract it is a static `N`.
    unsafe { *number.cast::<N>() }.read()
}
