# SPDX-License-Identifier: GPL-2.0
#
# The front door: every goal here sets up what it needs first. The modules
# themselves are built by the kernel's own build system, from Kbuild.

machine := selftests/machine
out := build/modules

# On LoongArch, modules are for the running kernel; elsewhere, for the stock
# kernel that the machine runs, and built in the toolchain root.
ifeq ($(KDIR),)
ifeq ($(shell uname -m),loongarch64)
KDIR := /lib/modules/$(shell uname -r)/build
endif
endif

ifeq ($(KDIR),)
need_kernel := setup-kernel
kbuild = $(machine)/in-root make -j$$(nproc) -C /cache/kernel/linux M=/src MO=/src/$(out) \
	ARCH=loongarch CROSS_COMPILE=loongarch64-linux-gnu-
else
need_kernel :=
kbuild = $(MAKE) -C $(KDIR) M=$(CURDIR) MO=$(CURDIR)/$(out)
endif

help:
	@echo 'make run                 a guest sends IPIs through the module; a table of one run'
	@echo 'make test                every test; ends with "N passed, N failed"'
	@echo 'make check               format, lints, rules, unit tests; no machine is booted'
	@echo 'make selftest T=NAME     one test or one stage of make test (T=list names them)'
	@echo 'make modules [KDIR=DIR]  build the modules into $(out)'
	@echo 'make setup               build the machine into the cache, as the others do first'
	@echo 'make clean               remove what was built here'
	@echo 'make clean-cache         remove the machine from the cache'

setup:
	@$(machine)/setup

setup-%:
	@$(machine)/setup $*

modules: $(need_kernel)
	@mkdir -p $(out)
	@$(kbuild) modules

# The programs of selftests/kvm and samples, for the machine.
kselftests: setup-kernel
	@$(machine)/in-root make -s -j$$(nproc) -C selftests/kvm KDIR=/cache/kernel/linux \
		CROSS_COMPILE=loongarch64-linux-gnu- O=/src/build/kvm \
		install INSTALL_PATH=/src/build/kvm/install

check: setup-kernel
	@scripts/check

run: setup modules kselftests
	@$(machine)/demo

test: setup
	@$(machine)/run-tests

selftest: setup
	@$(machine)/run-tests $(or $(T),$(error say which test: make selftest T=NAME, or T=list))

clean:
	rm -rf build

clean-cache:
	rm -rf "$${XDG_CACHE_HOME:-$$HOME/.cache}/loongarch-kvm-rs"

.PHONY: help setup modules kselftests check run test selftest clean clean-cache
