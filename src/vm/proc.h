/* proc.h - one process of a test
 *
 *   1. proc_start() starts it, as the leader of a session of its own;
 *   2. proc_signal() signals it, or its whole group;
 *   3. it ends: proc_end() notes how; its id may be anyone's from then on, and
 *      is not used any more;
 *   4. proc_clear() closes what is held for it.
 */
#pragma once

#include "vm/command.h"
#include "vm/launch.h"
#include "vm/pty.h"

#include <sys/resource.h>

typedef enum
{
  PROC_NEW,
  PROC_RUNNING,
  PROC_ENDED
} ProcState;

typedef struct
{
  const PlanProcess *plan;
  unsigned number; /* index in the test's processes */
  ProcState state;
  pid_t pid;
  int wait_status;      /* as wait(2) gives it, once ended */
  const char *searched; /* the PATH that was searched; NULL: none was */
  LaunchResult launch;
  int stdin_pipe;        /* owned: our end; -1: none */
  Pty *pty;              /* owned, or NULL */
  int64_t cpu_microsecs; /* once ended */
  uint64_t plan_signals; /* bit S-1: the plan has sent it signal S */
  bool is_ended_by_us;   /* the machine ends it, not the plan */
  bool is_kill_sent;     /* a `kill` of the plan has sent its signal */
  bool is_kill_to_group; /* and so goes what follows it */
  uint64_t kill_timer;   /* SIGKILL comes next: the grace of a `kill` */
  bool is_judged;        /* its end was accepted, or told as a failure */
  bool is_blamed;        /* a failure was about it */
} Proc;

void proc_init (Proc *proc, const PlanProcess *plan, unsigned number);
void proc_clear (Proc *proc);

/* What a process is started with and among. */
typedef struct
{
  Launcher *launcher;
  Commands *commands;
  int log_dir;
} ProcHost;

bool proc_start (Proc *proc, const ProcHost *host, GError **error);

/* Of a running process, by the plan.  False and errno if it is refused. */
bool proc_signal (Proc *proc, int number, bool to_group);

/* The machine ends it: to its whole group. */
void proc_end_by_us (Proc *proc, int number);

void proc_set_ended (Proc *proc, int wait_status, const struct rusage *usage);

/* Its log file, or NULL if it has none on that stream. */
char *proc_log_name (const Proc *proc, int stream);
uint64_t proc_log_inode (const Proc *proc, int stream);

/* "exited with status 3", "was killed by a stranger with SIGKILL". */
void proc_append_end (const Proc *proc, GString *out);
