#include "config.h"

#include "suite/leave.h"

#include "suite/status.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

void
leave (int status)
{
#ifdef ENABLE_INSTRUMENTED
  exit (status);
#else
  _exit (status);
#endif
}

/* The signals have been blocked since the guard began. */
static void
die_of (int number)
{
  sigset_t set;

  (void)sigemptyset (&set);
  (void)sigaddset (&set, number);
  (void)sigaction (number, &(struct sigaction){ .sa_handler = SIG_DFL }, NULL);
  (void)raise (number);
  (void)sigprocmask (SIG_UNBLOCK, &set, NULL);
}

void
leave_as (int status)
{
  if (status > STATUS_SIGNAL)
    die_of (status - STATUS_SIGNAL);
  leave (status);
}
