/* job.h - what the scheduler asks of a worker, and of the host of a layer
 *
 * Jobs go down the same socket on which events come up; those that start
 * something bring descriptors along (SCM_RIGHTS, unix(7)).
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define JOB_PATH_SIZE 256

typedef enum
{
  JOB_RUN,    /* run a test, or a layer: a worker itself, a host in a new one */
  JOB_SIGNAL, /* a host sends @number to one of its workers */
  JOB_SYNC,   /* a host answers when it has looked at all that has ended */
  JOB_DOWN    /* a host tears its layer down */
} JobKind;

typedef struct
{
  uint32_t kind;     /* JobKind */
  uint32_t runner;   /* which worker it is about, as the scheduler numbers
                      * them */
  uint32_t is_layer; /* JOB_RUN: a layer, not a test */
  uint32_t unit;     /* JOB_RUN: which of the run's tests, or of its layers */
  uint32_t is_last;  /* JOB_RUN: none comes after it */
  uint32_t slot;     /* JOB_RUN: where it shows what it does */
  int32_t number;    /* JOB_SIGNAL: which; JOB_DOWN: whether its logs stay, for
                      * a test in it has failed */
  /* JOB_RUN: the path of the directory that comes with it; "": it is longer
   * than this, and the kernel has to be asked, which takes its time. */
  char plan_path[JOB_PATH_SIZE];
} Job;

/* What comes with a JOB_RUN. */
typedef struct
{
  int plan_dir; /* the directory for the logs of the plan */
  int channel;  /* to a host: for the new worker; -1: there is none */
} JobFds;

/* False and errno if it cannot be sent: mostly since nobody reads any more.
 * @fds: NULL: none. */
bool job_send (int fd, const Job *job, const JobFds *fds);

/* 1 if there was one, whose descriptors are then the caller's; 0 if there is
 * none now; -1 if there will be none: the other side is gone, or mad. */
int job_receive (int fd, Job *job, JobFds *fds);

/* Waits for one; false as -1 above. */
bool job_wait (int fd, Job *job, JobFds *fds);
