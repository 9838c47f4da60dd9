// SPDX-License-Identifier: GPL-2.0

//! A directory in debugfs with a file for each number that somebody may want to read.

use kernel::{
    debugfs::{
        Scope,
        Writer, //
    },
    fmt,
    prelude::*, //
};

/// Something that has a name and a value.
pub(crate) trait Number: Copy + Send + Sync + 'static {
    /// Name of its file.
    fn name(self) -> &'static CStr;
    /// Its value now. Called in process context.
    fn read(self) -> u64;
}

struct File<N>(N);

impl<N: Number> Writer for File<N> {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.0.read())
    }
}

/// The directory, present for as long as the value lives.
pub(crate) struct Directory<N: Number> {
    _scope: Pin<KBox<Scope<KVec<File<N>>>>>,
}

impl<N: Number> Directory<N> {
    /// Creates it at the root of debugfs. A kernel without debugfs does without.
    ///
    /// # Errors
    ///
    /// `ENOMEM`.
    pub(crate) fn new(name: &'static CStr, numbers: &[N]) -> Result<Self> {
        let mut files = KVec::with_capacity(numbers.len(), GFP_KERNEL)?;
        for number in numbers {
            files.push(File(*number), GFP_KERNEL)?;
        }
        let scope = Scope::dir(files, name, |files, dir| {
            for file in files.iter() {
                dir.read_only_file(file.0.name(), file);
            }
        });
        Ok(Self {
            _scope: KBox::pin_init(scope, GFP_KERNEL)?,
        })
    }
}
