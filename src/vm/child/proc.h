/* proc.h - one process of a test
 *
 *   1. proc_start() starts it, as the leader of a session of its own; or it
 *      was there, and proc_adopt() makes it one of the test's;
 *   2. proc_signal() signals it, or its whole group;
 *   3. it ends: proc_set_ended() notes how; its id may be anyone's from then
 *      on, and is not used any more;
 *   4. proc_reset(), and it may be started again; it goes on in the same logs;
 *   5. proc_clear() closes what is held for it.
 *
 * Or it is a layer's, which another process runs: proc_import() says which; it
 * is only looked at and signalled.
 */
#pragma once

#include "vm/child/command.h"
#include "vm/child/feed.h"
#include "vm/child/launch.h"
#include "vm/child/log-copy.h"
#include "vm/child/pty.h"

#include <sys/resource.h>

typedef enum
{
  PROC_NEW,
  PROC_RUNNING,
  PROC_ENDED
} ProcState;

/* The log of one stream, over all runs of the process. */
typedef struct
{
  LogIdentity identity; /* that was made before; inode 0: none was */
  uint64_t n_seen;      /* so many bytes it had at the last look */
  uint64_t n_lost; /* and so many, before it was found to be shorter; or 0 */
  bool is_loss_told;
} ProcLog;

/* What a process writes on one stream. */
typedef struct
{
  ProcLog log;
  int fd;            /* owned: the file that an adopted process writes; or -1 */
  char *target;      /* owned: where that one writes; NULL: that is not known */
  unsigned n_moves;  /* how often that was found to be another one */
  bool is_own;       /* that is a file, and not the log of who has started it */
  GPtrArray *copies; /* owned: of LogCopy, of its pipes, those of earlier runs
                        first; or NULL */
} ProcStream;

static inline guint
proc_n_copies (const ProcStream *stream)
{
  return stream->copies == NULL ? 0 : stream->copies->len;
}

typedef struct Proc Proc;
struct Proc
{
  const PlanProcess *plan;
  unsigned number;    /* index in the test's processes */
  const Proc *origin; /* borrowed: a layer's is this one there; else NULL */
  pid_t parent;       /* of a layer's, and so not ours; else 0 */
  int pidfd;          /* owned: of a layer's that runs; -1: none is to be had */
  ProcState state;
  pid_t pid;
  int64_t began;         /* CLOCK_MONOTONIC; 0: before the test, perhaps */
  int wait_status;       /* as wait(2) gives it, once ended */
  const char *searched;  /* the PATH that was searched; NULL: none was */
  int64_t refused_since; /* for now, by the system; 0: it was not */
  LaunchResult launch;
  bool needs_logs;       /* its logs must be there as soon as it is started */
  ProcStream streams[2]; /* of STDOUT_FILENO, of STDERR_FILENO */
  int64_t log_begin[2];  /* where in their logs this run of it begins */
  int64_t tail_begin[2]; /* of a layer's: where they ended when it came in */
  Feed *feed;            /* owned: its standard input; NULL: that is not ours */
  Pty *pty;              /* owned, or NULL */
  int64_t cpu_microsecs; /* once ended */
  uint64_t max_rss;      /* in bytes, once ended */
  uint64_t plan_signals; /* bit S-1: the plan has sent it signal S */
  uint64_t our_signals;  /* the same of the machine, when it ends it */
  bool is_ended_by_us;   /* the machine ends it, not the plan */
  bool is_shared;        /* it is a layer's: tests may signal it, unseen here */
  bool is_kill_sent;     /* a `kill` of the plan has sent its signal */
  bool is_kill_to_group; /* and so goes what follows it */
  bool is_killed_by_us;  /* with its group: it had not ended in its time */
  uint64_t kill_timer;   /* SIGKILL comes next: the grace of a `kill` */
  bool is_judged;        /* its end was accepted, or told as a failure */
  bool is_blamed;        /* a failure was about it */
  bool is_state_told;    /* since then nothing is told of it any more */
  bool is_end_unknown;   /* a layer's has ended meanwhile: nobody tells how */
};

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

/* One that a layer's plan has; its process is the child of @parent that was
 * @origin's when that was forked.  Both stay as they are in our memory.  Its
 * logs are in @log_dir. */
void proc_import (Proc *proc, const Proc *origin, pid_t parent, int log_dir);
/* Nothing tells us of the end of that. */
void proc_look_for_end (Proc *proc);
/* If the test has killed it: waits until it is dead, and its parent told. */
void proc_await_kill (const Proc *proc);

/* In a process that was forked from that of the machine: our ends of its pipe
 * and its terminal are closed. */
void proc_forget_in_child (Proc *proc);

/* It was not spawned by its plan. */
bool proc_is_adopted (const Proc *proc);

/* On the way to its exec it opens files that the plan names. */
bool proc_opens_files (const Proc *proc);

/* It is the child of ours with this id. */
void proc_adopt (Proc *proc, pid_t pid, int log_dir);

/* One that has ended is as new. */
void proc_reset (Proc *proc);

/* Of a running process, by the plan.  False and errno if it is refused. */
bool proc_signal (Proc *proc, int number, bool to_group);

/* The machine ends it: to its whole group. */
void proc_end_by_us (Proc *proc, int number);

/* The same as a terminal does it, when its window is closed: SIGHUP to it, and
 * to what is in the foreground.  What they still write is kept.  False if it
 * has no terminal. */
bool proc_hang_up (Proc *proc);

void proc_set_ended (Proc *proc, int wait_status, const struct rusage *usage);

/* "exited with status 3", "died of SIGKILL (not sent by proctor)". */
void proc_append_end (const Proc *proc, GString *out);

/* --- What it writes (proc-output.c) --------------------------------------- */

/* Its log file, or NULL if it has none on that stream. */
char *proc_log_name (const Proc *proc, int stream);
/* Which file that is; NULL: it was not made, or not by us. */
const LogIdentity *proc_log_identity (const Proc *proc, int stream);

/* Copies what is on its way to its logs, through a terminal or pipes; false if
 * some of it could not be written. */
bool proc_drain (Proc *proc);
/* Whether what it writes comes through us. */
bool proc_is_copied (const Proc *proc);
/* Whether somebody may still write there; of one that runs somebody may. */
bool proc_is_copy_open (Proc *proc, int stream);
/* Of a layer's, where another process copies.  Whether something that was
 * written is not in the log yet; and how much must be copied, or was, for all
 * that was written up to now to be there. */
bool proc_is_copy_behind (const Proc *proc, int stream);
uint64_t proc_n_to_be_copied (const Proc *proc, int stream);
uint64_t proc_n_copied (const Proc *proc, int stream);

/* Looks how long its log is, which somebody knows to have had @n_known bytes:
 * one that is shorter than it was has lost lines (ProcLog.n_lost). */
void proc_look_at_log (Proc *proc, int stream, int log_dir, uint64_t n_known);
/* The same, and whether it is still the file that was made; if not, says in
 * @trouble what has become of it. */
bool proc_verify_log (Proc *proc, int stream, int log_dir, uint64_t n_known,
                      const char **trouble);

/* To read what it writes; also of one that was adopted, if that is a file: the
 * file may then lie anywhere.  (inotify(7) watches it as "/proc/self/fd/N".)
 * -1 and @error if there is none: G_FILE_ERROR_NOENT if it is yet to be made,
 * which logs that are needed are not.  Asks proc_n_moves() first. */
int proc_open_log (Proc *proc, int stream, int log_dir, GError **error);

/* A daemon that was adopted may have been forked but a moment ago, and write to
 * the log of its starter until it has opened a file of its own, of which
 * nothing tells us.  Whether that can still come; and, looking once more, how
 * often it has: if that grows, its log is another one, to be opened anew. */
bool proc_may_move (const Proc *proc, int stream);
unsigned proc_n_moves (Proc *proc, int stream, int log_dir);

/* The same of any process that is going to be adopted: it still runs what its
 * starter did, and writes where that one does. */
bool proc_is_starting (pid_t pid, int log_dir);

/* The last lines of it; 0 if there are none (logs_append_tail()). */
uint64_t proc_append_tail (const Proc *proc, int stream, int log_dir,
                           size_t n_bytes, GString *out);

/* For proc.c.  Logs that are needed, or are there from an earlier run, are
 * opened for the child. */
bool proc_prepare_logs (Proc *proc, int log_dir, Command *command,
                        GError **error);
/* Where an adopted process writes. */
void proc_find_files (Proc *proc, int log_dir);
void proc_close_files (Proc *proc);
