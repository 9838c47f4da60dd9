// SPDX-License-Identifier: GPL-2.0
/*
 * Guest code shared by the paravirtual ABI tests.
 *
 * An IPI carries no data, and two that arrive close together are one
 * interrupt. So a sender first counts its request in the target's req, then
 * makes the hypercall; the target's handler clears SWI0 first and reads req
 * afterwards. That order is the guest kernel's own, and with it ack == req in
 * the end if and only if no interrupt was lost.
 */
#include "pv_guest.h"

struct pv_shared pv_shared;

void pv_guest_irq(struct ex_regs *regs)
{
	struct pv_cpu *me = &pv_shared.cpu[csr_read(LOONGARCH_CSR_CPUID)];
	u64 req;

	if (!(regs->estat & ESTAT_SWI0)) {
		WRITE_ONCE(me->stray, me->stray + 1);
		return;
	}
	csr_change(0, ESTAT_SWI0, LOONGARCH_CSR_ESTAT);
	guest_mb();
	req = READ_ONCE(me->req);
	WRITE_ONCE(me->irqs, me->irqs + 1);
	WRITE_ONCE(me->ack, req);
}

/* The way back from guest_call_plv(). */
void pv_guest_syscall(struct ex_regs *regs)
{
	regs->prmd &= ~CSR_PRMD_PPLV;
	regs->pc += 4;
}

/* All work is in the handler, so nothing is missed between it and idle. */
void pv_guest_halted(void)
{
	local_irq_enable();
	for (;;)
		guest_idle();
}

void pv_guest_running(void)
{
	struct pv_cpu *me = &pv_shared.cpu[csr_read(LOONGARCH_CSR_CPUID)];

	local_irq_enable();
	for (;;)
		WRITE_ONCE(me->beat, me->beat + 1);
}

static void guest_call_ipi(struct pv_cpu *me, u64 lo, u64 hi, u64 min)
{
	u64 ret = guest_hcall(PV_FN_IPI, lo, hi, min);

	WRITE_ONCE(me->calls, me->calls + 1);
	if (ret != PV_OK)
		WRITE_ONCE(me->errors, me->errors + 1);
}

static void guest_request(struct pv_cpu *me, u64 id)
{
	__atomic_fetch_add(&pv_shared.cpu[id].req, 1, __ATOMIC_SEQ_CST);
	me->sent++;
}

u64 pv_guest_send(u64 id)
{
	struct pv_cpu *me = &pv_shared.cpu[csr_read(LOONGARCH_CSR_CPUID)];

	guest_request(me, id);
	guest_call_ipi(me, 1, 0, id);
	return me->errors;
}

/* False if the host gave up first. */
bool pv_guest_wait_ack(u64 id)
{
	struct pv_cpu *dest = &pv_shared.cpu[id];

	while (READ_ONCE(dest->ack) != READ_ONCE(dest->req)) {
		if (READ_ONCE(pv_shared.abort))
			return false;
		cpu_relax();
	}
	return true;
}

/* One IPI to each of the ids 0..nr-1 but @self: one call per 128 ids. */
void pv_guest_broadcast(u64 self, u64 nr)
{
	struct pv_cpu *me = &pv_shared.cpu[self];
	u64 id, base, mask[2];

	for (base = 0; base < nr; base += 128) {
		mask[0] = 0;
		mask[1] = 0;
		for (id = base; id < nr && id < base + 128; id++) {
			if (id == self)
				continue;
			guest_request(me, id);
			mask[(id - base) / 64] |= 1UL << (id % 64);
		}
		guest_call_ipi(me, mask[0], mask[1], base);
	}
}

bool pv_guest_wait_all(u64 self, u64 nr)
{
	u64 id;

	for (id = 0; id < nr; id++)
		if (id != self && !pv_guest_wait_ack(id))
			return false;
	return true;
}

void pv_guest_sender(void)
{
	u64 self = csr_read(LOONGARCH_CSR_CPUID);
	struct pv_order *order = &pv_shared.order;
	struct pv_cpu *me = &pv_shared.cpu[self];
	u64 round = 0;

	local_irq_enable();
	while (order->endless || round < order->rounds) {
		pv_guest_broadcast(self, order->nr);
		round++;
		WRITE_ONCE(me->beat, round);
		if (round % order->burst == 0 && !pv_guest_wait_all(self, order->nr))
			break;
		if (READ_ONCE(pv_shared.stop) || READ_ONCE(pv_shared.abort))
			break;
	}
	pv_guest_wait_all(self, order->nr);
	__atomic_fetch_add(&pv_shared.finished, 1, __ATOMIC_SEQ_CST);
	while (READ_ONCE(pv_shared.finished) < order->senders &&
	       !READ_ONCE(pv_shared.abort))
		cpu_relax();
	GUEST_DONE();
}

/* Ask who the hypervisor is, over and over. */
void pv_guest_asker(void)
{
	struct pv_cpu *me = &pv_shared.cpu[csr_read(LOONGARCH_CSR_CPUID)];

	local_irq_enable();
	while (!READ_ONCE(pv_shared.stop)) {
		WRITE_ONCE(pv_shared.identity, guest_probe());
		WRITE_ONCE(me->calls, me->calls + 1);
		WRITE_ONCE(me->beat, me->beat + 1);
	}
	GUEST_DONE();
}
