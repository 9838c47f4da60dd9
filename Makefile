# SPDX-License-Identifier: GPL-2.0
#
# The front door: every goal here sets up what it needs first. The modules
# themselves are built by the kernel's own build system, from Kbuild.

machine := selftests/machine
# All that writes build/ goes through it.
alone := $(machine)/alone
# What is built for the default kernel of the machine, or for the one that is asked for.
build := build$(if $(KERNEL),/$(KERNEL))
out := $(build)/modules
guest_out := $(build)/guest-modules
export KERNEL QEMU DEBS MIRROR
cross := ARCH=loongarch CROSS_COMPILE=loongarch64-linux-gnu-
kernel_make := -j$(shell nproc) $(if $(filter loongarch64,$(shell uname -m)),,$(cross))

# On LoongArch, modules are for the running kernel; elsewhere, for the stock
# kernel that the machine runs, and built in the toolchain root.
ifeq ($(KDIR),)
ifeq ($(shell uname -m),loongarch64)
KDIR := /lib/modules/$(shell uname -r)/build
endif
endif

ifeq ($(KDIR),)
need_kernel := setup-kernel
kbuild = $(alone) $(machine)/in-root make -j$$(nproc) -C /cache/kernel/linux M=/src MO=/src/$(out) $(cross)
same_kernel := true
else
need_kernel :=
kbuild = $(alone) $(MAKE) -C $(KDIR) M=$(CURDIR) MO=$(CURDIR)/$(out)
same_kernel = scripts/same-kernel "$(KDIR)"
endif

help:
	@echo 'make run                 guests send IPIs through the modules; tables of one run'
	@echo 'make bench               what exits cost the host, in instructions; and real workloads a guest, in exits'
	@echo 'make test                every test; ends with "N passed, N failed"'
	@echo 'make soak                random programs, guests and memory, for two and a half hours'
	@echo 'make check               format, lints, rules, unit tests; no machine is booted'
	@echo 'make check-configs       build for other kernels: PREEMPT_RT, clang, one of our options alone'
	@echo 'make selftest T=NAME     one test or one stage of make test (T=list names them)'
	@echo 'make modules [KDIR=DIR]  build the modules into $(out)'
	@echo 'make in-tree KSRC=DIR    put the code into a kernel source tree, with its Kconfig options'
	@echo 'make in-tree-undo KSRC=DIR   take it out again'
	@echo 'make patches KSRC=DIR    the same as a series for "git am", in $(build)/patches'
	@echo 'make kvm-ko KSRC=DIR     a kvm.ko with the code in it, for the prepared tree of a kernel'
	@echo '                         with KVM=m; "make install KSRC=DIR" installs it'
	@echo 'make setup               build the machine into the cache, as the others do first'
	@echo '     KERNEL=VERSION      with this host kernel: 7.3, 7.2.13, ...; for every goal'
	@echo '     DEBS=DIR            from the packages kept in DIR, or keep them there'
	@echo 'make clean               remove what was built here'
	@echo 'make clean-cache         remove the machine from the cache'

setup:
	@$(machine)/setup

setup-%:
	@$(machine)/setup $*

modules: $(need_kernel)
	@$(if $(need_kernel),,scripts/kernel-tree "$(KDIR)")
	@$(same_kernel)
	@mkdir -p $(out)
	@$(kbuild) modules

# For Linux guests: the guest module against the guest kernel that has no PARAVIRT (the stock
# kernel's is in $(out)), and what selftests/guest needs, for both kernels.
guest-selftests: setup-in-tree modules
	@mkdir -p $(guest_out)
	@$(alone) $(machine)/in-root make -s -j$$(nproc) -C /cache/guest-kernel/linux M=/src \
		MO=/src/$(guest_out) $(cross) modules
	@$(alone) $(machine)/in-root make -s -C selftests/guest OUT=/src/$(build)/guest \
		STOCK=/cache/kernel/linux STOCK_MODULES=/src/$(out) \
		NOPARAVIRT=/cache/guest-kernel/linux NOPARAVIRT_MODULES=/src/$(guest_out) \
		IN_TREE=/cache/in-tree-tree/linux/y

# The programs of selftests/kvm and samples, for the machine, and the modules that they need:
# one that shuts ftrace down, and ours as built for a kernel with another struct kvm_vcpu_arch.
misfit := $(build)/kvm/misfit
kselftests: setup-kernel
	@mkdir -p $(build)/kvm/module $(misfit)/include/asm
	@$(alone) $(machine)/in-root make -s -C /cache/kernel/linux M=/src/selftests/kvm/module \
		MO=/src/$(build)/kvm/module $(cross) modules
	@$(alone) $(machine)/in-root make -s -j$$(nproc) -C selftests/kvm KDIR=/cache/kernel/linux \
		CROSS_COMPILE=loongarch64-linux-gnu- O=/src/$(build)/kvm \
		install INSTALL_PATH=/src/$(build)/kvm/install
	@$(machine)/in-root sed 's/^\tunsigned long irq_clear;/&\n\tunsigned long misfit;/' \
		/cache/kernel/linux/arch/loongarch/include/asm/kvm_host.h >$(misfit)/kvm_host.h
	@grep -q misfit $(misfit)/kvm_host.h
	@cmp -s $(misfit)/kvm_host.h $(misfit)/include/asm/kvm_host.h || \
		cp $(misfit)/kvm_host.h $(misfit)/include/asm/kvm_host.h
	@$(alone) $(machine)/in-root make -s -j$$(nproc) -C /cache/kernel/linux M=/src MO=/src/$(misfit) \
		NOSTDINC_FLAGS="-nostdinc -I/src/$(misfit)/include" $(cross) kvm_loongarch_rs.ko
	@cp $(build)/kvm/module/ftrace_kill.ko $(build)/kvm/install
	@cp $(misfit)/kvm_loongarch_rs.ko $(build)/kvm/install/misfit.ko

# The module that takes the place of the machine's other kernel's own, and where both of them
# are installed.
replaced := /src/$(build)/kvm-ko
deployments: guest-selftests kselftests
	@$(alone) $(machine)/in-root scripts/kvm-ko /cache/kvm-kernel/linux/m $(replaced) -s $(kernel_make)
	@rm -rf $(build)/kvm-ko/install
	@$(alone) $(machine)/in-root make -s -C /cache/kvm-kernel/linux/m $(kernel_make) \
		INSTALL_MOD_PATH=$(replaced)/install modules_install
	@$(alone) $(machine)/in-root make -s -C /cache/kvm-kernel/linux/m $(kernel_make) \
		M=$(replaced)/tree/arch/loongarch/kvm INSTALL_MOD_PATH=$(replaced)/install modules_install
	@rm -f $(build)/kvm-ko/install/lib/modules/*/build

# For a kernel's own tree. These need nothing of the machine.
ksrc = "$(or $(KSRC),$(error say which kernel tree: make $@ KSRC=DIR))"

in-tree:
	@scripts/in-tree $(ksrc)

in-tree-undo:
	@scripts/in-tree --undo $(ksrc)

patches:
	@scripts/patches $(ksrc) $(build)/patches

kvm-ko:
	@$(alone) scripts/kvm-ko $(ksrc) $(CURDIR)/$(build)/kvm-ko $(kernel_make)

# Installed modules are found in updates/ before the kernel's own.
install: kvm-ko
	@$(MAKE) -C $(ksrc) M=$(CURDIR)/$(build)/kvm-ko/tree/arch/loongarch/kvm $(kernel_make) modules_install

check: setup-kernel
	@$(alone) scripts/check

check-configs: setup deployments
	@$(machine)/configs
	@$(machine)/options

run: setup modules guest-selftests kselftests
	@$(alone) $(machine)/demo
	@$(alone) $(machine)/ipi-costs -n 4 unicast=1000 broadcast=1000 self=1000

bench: setup deployments
	@$(alone) $(machine)/exit-costs
	@$(alone) $(machine)/ipi-costs -n 16 futex-wake=5 sched-pipe=2000 hackbench=50

test: setup
	@$(alone) $(machine)/run-tests

soak: setup
	@$(alone) $(machine)/run-tests --soak

selftest: setup
	@$(alone) $(machine)/run-tests $(or $(T),$(error say which test: make selftest T=NAME, or T=list))

clean:
	@$(alone) rm -rf build

clean-cache:
	rm -rf build/machine build/*/machine
	rm -rf "$${XDG_CACHE_HOME:-$$HOME/.cache}/loongarch-kvm-rs"

# Goals write the same directory; each of them runs in parallel by itself.
.NOTPARALLEL:

.PHONY: help setup modules in-tree in-tree-undo patches kvm-ko install deployments guest-selftests kselftests check check-configs run bench test soak selftest clean clean-cache
