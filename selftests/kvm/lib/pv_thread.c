// SPDX-License-Identifier: GPL-2.0
/*
 * One thread per vCPU, and the ways to wait for them.
 *
 * A lost IPI shows as a guest in which nothing moves any more, so every wait
 * here watches the guest's counters and fails with a reason once they have
 * stood still for pv_stall_seconds.
 */
#include <pthread.h>
#include <sched.h>
#include <time.h>

#include <sys/syscall.h>

#include "pv_host.h"

unsigned int pv_stall_seconds = 60;

double pv_seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* Only there to interrupt KVM_RUN. */
static void on_signal(int sig)
{
}

static void ended(struct pv_thread *t, enum pv_end end)
{
	pthread_mutex_lock(&t->pv->lock);
	t->end = end;
	pthread_cond_broadcast(&t->pv->ended);
	pthread_mutex_unlock(&t->pv->lock);
}

/* What to do after a return of KVM_RUN; PV_RUNNING is to go on. */
static enum pv_end after_run(struct pv_thread *t, int ret)
{
	struct ucall uc;

	if (ret) {
		if (errno == EINTR)
			return READ_ONCE(t->pv->quit) ? PV_QUIT : PV_RUNNING;
		snprintf(t->why, sizeof(t->why), "KVM_RUN: %s", strerror(errno));
		return PV_FAILED;
	}
	switch (get_ucall(t->vcpu, &uc)) {
	case UCALL_DONE:
		return PV_DONE;
	case UCALL_SYNC:
		return PV_RUNNING;
	case UCALL_ABORT:
		snprintf(t->why, sizeof(t->why), "%.*s",
			 (int)sizeof(t->why) - 1, uc.buffer);
		return PV_FAILED;
	case UCALL_UNHANDLED:
		snprintf(t->why, sizeof(t->why),
			 "exception in the guest: pc 0x%lx estat 0x%lx badv 0x%lx",
			 (long)uc.args[0], (long)uc.args[1], (long)uc.args[2]);
		return PV_FAILED;
	default:
		snprintf(t->why, sizeof(t->why), "KVM exit %u (%s)",
			 t->vcpu->run->exit_reason,
			 exit_reason_str(t->vcpu->run->exit_reason));
		return PV_FAILED;
	}
}

static void *vcpu_thread(void *arg)
{
	struct pv_thread *t = arg;
	enum pv_end end;

	WRITE_ONCE(t->tid, syscall(SYS_gettid));
	do {
		end = after_run(t, __vcpu_run(t->vcpu));
	} while (end == PV_RUNNING);
	ended(t, end);
	return NULL;
}

void pv_start(struct pv_vm *pv, int index)
{
	struct sigaction sa = { .sa_handler = on_signal };
	struct pv_thread *t = &pv->thread[index];
	pthread_attr_t attr;

	sigaction(SIGUSR1, &sa, NULL);
	t->pv = pv;
	t->vcpu = pv->vcpu[index];
	t->end = PV_RUNNING;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 256 * 1024);
	TEST_ASSERT(!pthread_create(&t->id, &attr, vcpu_thread, t),
		    "no thread for vCPU %d", index);
	pthread_attr_destroy(&attr);
	t->started = true;
}

void pv_start_all(struct pv_vm *pv)
{
	int i;

	for (i = 0; i < pv->nr; i++)
		pv_start(pv, i);
}

static void join(struct pv_thread *t)
{
	if (t->started) {
		pthread_join(t->id, NULL);
		t->started = false;
	}
}

void pv_stop_all(struct pv_vm *pv)
{
	int i;

	WRITE_ONCE(pv->quit, true);
	for (i = 0; i < pv->nr; i++) {
		if (!pv->thread[i].started)
			continue;
		WRITE_ONCE(pv->vcpu[i]->run->immediate_exit, 1);
		pthread_kill(pv->thread[i].id, SIGUSR1);
	}
	for (i = 0; i < pv->nr; i++) {
		join(&pv->thread[i]);
		pv->vcpu[i]->run->immediate_exit = 0;
	}
	pv->quit = false;
}

void pv_vm_free(struct pv_vm *pv)
{
	pv_stop_all(pv);
	kvm_vm_free(pv->vm);
	free(pv);
}

/* Anything that changes while the guest makes progress. */
static u64 movement(struct pv_vm *pv)
{
	u64 sum = 0;
	int i;

	for (i = 0; i < PV_MAX_PHYID; i++)
		sum += READ_ONCE(pv->sh->cpu[i].irqs) +
		       READ_ONCE(pv->sh->cpu[i].calls);
	return sum;
}

static void describe_stall(struct pv_vm *pv, int index)
{
	struct pv_thread *t = &pv->thread[index];
	int i, waiting = 0, first = -1;

	for (i = 0; i < PV_MAX_PHYID; i++) {
		if (pv->sh->cpu[i].ack == pv->sh->cpu[i].req)
			continue;
		if (first < 0)
			first = i;
		waiting++;
	}
	snprintf(t->why, sizeof(t->why),
		 "nothing moved for %u s; %d ids without an interrupt, first %d",
		 pv_stall_seconds, waiting, first);
}

bool pv_wait(struct pv_vm *pv, int index, const char **why)
{
	struct pv_thread *t = &pv->thread[index];
	double since = pv_seconds();
	struct timespec ts;
	u64 last = 0, now;

	pthread_mutex_lock(&pv->lock);
	while (t->end == PV_RUNNING) {
		clock_gettime(CLOCK_REALTIME, &ts);
		ts.tv_sec += 1;
		pthread_cond_timedwait(&pv->ended, &pv->lock, &ts);
		now = movement(pv);
		if (now != last) {
			last = now;
			since = pv_seconds();
		} else if (pv_seconds() - since > pv_stall_seconds) {
			break;
		}
	}
	pthread_mutex_unlock(&pv->lock);

	if (t->end == PV_RUNNING) {
		describe_stall(pv, index);
		WRITE_ONCE(pv->sh->abort, 1);
	}
	*why = t->why;
	if (t->end == PV_DONE || t->end == PV_FAILED)
		join(t);
	return t->end == PV_DONE;
}

struct pv_hammer {
	struct kvm_vcpu *vcpu;
	pthread_t id;
	bool stop;
};

static void *hammer_thread(void *arg)
{
	struct kvm_interrupt swi1 = { .irq = 1 };
	struct pv_hammer *h = arg;

	while (!READ_ONCE(h->stop)) {
		vcpu_ioctl(h->vcpu, KVM_INTERRUPT, &swi1);
		sched_yield();
	}
	return NULL;
}

struct pv_hammer *pv_hammer_start(struct kvm_vcpu *vcpu)
{
	struct pv_hammer *h = calloc(1, sizeof(*h));

	TEST_ASSERT(h, "no memory");
	h->vcpu = vcpu;
	TEST_ASSERT(!pthread_create(&h->id, NULL, hammer_thread, h), "no thread");
	return h;
}

void pv_hammer_stop(struct pv_hammer *h)
{
	WRITE_ONCE(h->stop, true);
	pthread_join(h->id, NULL);
	free(h);
}

/* For states of the kernel that raise no event: look again every millisecond. */
bool pv_until(bool (*cond)(void *arg), void *arg)
{
	struct timespec ms = { .tv_nsec = 1000000 };
	double start = pv_seconds();

	while (!cond(arg)) {
		if (pv_seconds() - start > pv_stall_seconds)
			return false;
		nanosleep(&ms, NULL);
	}
	return true;
}

static bool is_blocking(void *arg)
{
	return pv_stat(arg, "blocking");
}

bool pv_until_blocking(struct kvm_vcpu *vcpu)
{
	return pv_until(is_blocking, vcpu);
}

struct beat {
	u64 *now;
	u64 then;
};

static bool is_beating(void *arg)
{
	struct beat *b = arg;

	return READ_ONCE(*b->now) != b->then;
}

bool pv_until_beating(struct pv_vm *pv, int cpuid)
{
	struct beat b = { .now = &pv->sh->cpu[cpuid].beat };

	b.then = READ_ONCE(*b.now);
	return pv_until(is_beating, &b);
}
