/* rawcall.h - system calls that touch no memory but their own arguments
 *
 * A child that runs in our memory, beside us, may not write to errno, which it
 * shares with us.  These give -errno instead (syscall(2)).  Where we have none
 * for the processor, RAWCALL_IS_PURE is 0, and such a child may not be started
 * (vfork(2), which stops us meanwhile, is used then).
 */
#pragma once

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel's sets of signals have 64 bits (rt_sigprocmask(2)), and what it
 * takes for SIG_DFL (rt_sigaction(2)) is all zero, on every processor.  libc's
 * calls refuse the signals that libc keeps for itself, which a parent may have
 * ignored all the same. */
#define SIGSET_BYTES 8
typedef struct
{
  unsigned long words[4];
} KernelSigaction;

#if defined(__x86_64__)
#define RAWCALL_IS_PURE 1
static inline long
rawcall (long number, long a, long b, long c, long d, long e)
{
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;

  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "0"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                   : "rcx", "r11", "memory");
  return result;
}
#elif defined(__aarch64__)
#define RAWCALL_IS_PURE 1
static inline long
rawcall (long number, long a, long b, long c, long d, long e)
{
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;

  __asm__ volatile("svc 0"
                   : "+r"(x0)
                   : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4)
                   : "memory");
  return x0;
}
#else
#define RAWCALL_IS_PURE 0
static inline long
rawcall (long number, long a, long b, long c, long d, long e)
{
  const long result = syscall (number, a, b, c, d, e);
  return result == -1 ? -errno : result;
}
#endif

/* For functions that run in such a child: nothing that an instrumented build
 * would add. */
#define RAWCALL_IN_CHILD                                                       \
  __attribute__ ((no_sanitize ("address", "undefined"), no_stack_protector,    \
                  no_profile_instrument_function))

#define RAWCALL0(name)       rawcall (SYS_##name, 0, 0, 0, 0, 0)
#define RAWCALL1(name, a)    rawcall (SYS_##name, (long)(a), 0, 0, 0, 0)
#define RAWCALL2(name, a, b) rawcall (SYS_##name, (long)(a), (long)(b), 0, 0, 0)
#define RAWCALL3(name, a, b, c)                                                \
  rawcall (SYS_##name, (long)(a), (long)(b), (long)(c), 0, 0)
#define RAWCALL4(name, a, b, c, d)                                             \
  rawcall (SYS_##name, (long)(a), (long)(b), (long)(c), (long)(d), 0)
#define RAWCALL5(name, a, b, c, d, e)                                          \
  rawcall (SYS_##name, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e))
