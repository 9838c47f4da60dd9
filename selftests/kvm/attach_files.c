// SPDX-License-Identifier: GPL-2.0
/* The module finds the vCPUs that are there by their open files. */
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "attach.h"

static void *keep_open(void *ready)
{
	char c = 1;

	if (write(*(int *)ready, &c, 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

/* A VMM whose first thread goes, and with it that one's table of files. */
static void headless(int ready)
{
	int kvm = open(KVM_DEV_PATH, O_RDWR), vm = ioctl(kvm, KVM_CREATE_VM, 0);
	pthread_t thread;

	if (ioctl(vm, KVM_CREATE_VCPU, 0) < 0 ||
	    pthread_create(&thread, NULL, keep_open, &ready))
		_exit(1);
	/* This thread alone; its stack, and with it "ready", stays. */
	syscall(SYS_exit, 0);
}

static bool is_zombie(void *pid)
{
	char path[64], line[256];
	bool zombie = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/status", *(pid_t *)pid, *(pid_t *)pid);
	f = fopen(path, "r");
	while (f && !zombie && fgets(line, sizeof(line), f))
		zombie = strstr(line, "State:") && strchr(line, 'Z');
	if (f)
		fclose(f);
	return zombie;
}

/* None of them has ever run, so nothing but their files can tell. */
void test_adopt_idle(void)
{
	struct pv_vm *pv = pv_vm_create(2);
	u64 vcpus = 0, gone = -1;
	pid_t pid;
	bool ok;

	pv_vcpu_add(pv, 0, 0, pv_guest_asker);
	pv_vcpu_add(pv, 1, 1, pv_guest_asker);
	pid = start_vmm(headless);
	ok = pv_until(is_zombie, &pid) && !insert("");
	ok = pv_module_counter("vcpus", &vcpus) && ok;
	reap(pid);
	pv_vm_free(pv);
	ok = pv_module_counter("vcpus", &gone) && ok;
	pv_result(ok && vcpus == 3 && !gone && remove_module(),
		  "vCPUs that have not run: %lu of 3 taken over by the end of insmod\n",
		  (long)vcpus);
}

/* A byte, which a message needs, and a file with it. */
struct parcel {
	char control[CMSG_SPACE(sizeof(int))], byte;
	struct iovec iov;
	struct msghdr msg;
};

static struct msghdr *wrap(struct parcel *p)
{
	memset(p, 0, sizeof(*p));
	p->iov.iov_base = &p->byte;
	p->iov.iov_len = 1;
	p->msg.msg_iov = &p->iov;
	p->msg.msg_iovlen = 1;
	p->msg.msg_control = p->control;
	p->msg.msg_controllen = sizeof(p->control);
	return &p->msg;
}

static void send_file(int sock, int fd)
{
	struct parcel p;
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(wrap(&p));

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	TEST_ASSERT(sendmsg(sock, &p.msg, 0) == 1, "sendmsg: %s", strerror(errno));
}

static int receive_file(int sock)
{
	struct parcel p;
	int fd;

	TEST_ASSERT(recvmsg(sock, wrap(&p), 0) == 1 && CMSG_FIRSTHDR(&p.msg), "recvmsg");
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&p.msg)), sizeof(fd));
	return fd;
}

/* Open in no process while the module looks: it stays with the kernel, and nothing is amiss. */
void test_adopt_in_flight(void)
{
	struct pv_vm *pv = pv_vm_create(1);
	bool ok, c_serves, rust_serves;
	const char *why = "";
	u64 vcpus = -1;
	int pair[2];

	pv_vcpu_add(pv, 0, 0, pv_guest_asker);
	TEST_ASSERT(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair), "socketpair");
	send_file(pair[0], pv->vcpu[0]->fd);
	close(pv->vcpu[0]->fd);
	ok = !insert("") && pv_module_counter("vcpus", &vcpus);
	pv->vcpu[0]->fd = receive_file(pair[1]);
	pv_start(pv, 0);
	c_serves = until_answer(pv, PV_INVALID_CODE) && pv_until_beating(pv, 0) &&
		   !is_served(NULL);
	ok = remove_module() && !insert("") && ok;
	rust_serves = until_answer(pv, PV_IDENTITY);
	ok = remove_module() && ok;
	WRITE_ONCE(pv->sh->stop, 1);
	ok = pv_wait(pv, 0, &why) && ok;
	pv_result(ok && !vcpus && c_serves && rust_serves && log_is_clean(),
		  "a vCPU between two processes: left to C %d, taken by the next insmod %d %s\n",
		  c_serves, rust_serves, why);
	pv_vm_free(pv);
	close(pair[0]);
	close(pair[1]);
}
