/* launch.h - from a description to a running child, at the least cost
 *
 * The child is cloned into our own memory on a small stack of its own, and we
 * go on while it makes its descriptors and calls exec: nothing is copied, and
 * the execs of many children run beside us (clone(2), CLONE_VM without
 * CLONE_VFORK).  Until the exec it reads what LaunchSpec points at; the
 * launcher keeps its own copy of the small arrays, and the kernel tells it
 * when a stack is free (CLONE_CHILD_CLEARTID).  Where that is refused or
 * cannot be watched (seccomp, sanitizers), vfork(2) is used.
 */
#pragma once

#include "plan/plan.h"
#include "vm/child/log-identity.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Where a launch can fail, and how that is said: "could not be started: TEXT:
 * No such file or directory". */
#define LAUNCH_STAGES(STAGE)                                                   \
  STAGE (EXEC, "exec")                                                         \
  STAGE (FORK, "no new process")                                               \
  STAGE (LOG, "its log file")                                                  \
  STAGE (STDIN, "its standard input")                                          \
  STAGE (STDOUT, "its standard output")                                        \
  STAGE (TERMINAL, "its terminal")                                             \
  STAGE (CWD, "its directory")                                                 \
  STAGE (LIMIT, "its limits")                                                  \
  STAGE (NICE, "its priority")                                                 \
  STAGE (USER, "its user")

typedef enum
{
#define STAGE(NAME, text) LAUNCH_##NAME,
  LAUNCH_STAGES (STAGE)
#undef STAGE
} LaunchStage;

const char *launch_stage_text (LaunchStage stage);

/* Written by the child; to be read when it has ended, or was seen to run. */
typedef struct
{
  int error; /* errno; 0: it was exec'ed */
  LaunchStage stage;
  LogIdentity stdout_identity; /* of the log files that it made */
  LogIdentity stderr_identity;
} LaunchResult;

typedef struct
{
  uid_t uid;
  gid_t gid;
  size_t n_groups;
  gid_t groups[];
} LaunchUser;

/* All that is pointed at must stay as it is until the child was exec'ed, but
 * for @argv and @paths, which are copied (the arrays, not the strings). */
typedef struct
{
  const char *const *paths; /* tried in turn (execvp(3)); NULL-terminated */
  const char *const *argv;  /* NULL-terminated */
  const char *const *envp;  /* NULL-terminated */
  const char *cwd;          /* NULL: ours */
  int log_dir;              /* the log files are made in this directory */
  const char *stdout_log;   /* names of the log files; NULL: none */
  const char *stderr_log;
  int stdout_fd; /* of ours: log files that are there already, or pipes; 0:
                  * none */
  int stderr_fd;
  const char *stdout_path; /* a file to write instead, relative to @cwd */
  const char *stdin_path;  /* a file to read, relative to @cwd; or NULL: */
  int stdin_fd;            /* a descriptor of ours; 0: already in its place */
  int terminal_fd;         /* the slave side of a terminal; -1: none */
  const LaunchUser *user;  /* NULL: ours */
  const PlanLimit *limits;
  uint32_t n_limits;
  int umask; /* -1: ours */
  int nice;
  bool merge; /* standard error goes where standard output goes */
} LaunchSpec;

typedef struct Launcher Launcher;

/* Before Linux 5.16 a process that dumps core ends all that share its memory:
 * us, if it is a child of ours that has not come to its exec.  There this
 * process is made one that cannot be dumped, so that such a child ends alone,
 * of the same signal; by its exec it can be dumped again. */
Launcher *launcher_new (void);
void launcher_free (Launcher *launcher);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Launcher, launcher_free)

/* Of uname(2): "5.15.0-91-generic". */
bool launch_is_dump_shared (const char *release);

/* Whether a child that it has started has not come to its exec yet. */
bool launcher_is_busy (const Launcher *launcher);

/* Starts a child, as the leader of a session of its own, that dies with us.
 * Returns its id, or -1 and errno.  @result must live until the child's end
 * was seen.  @strings, freed when the child no longer needs them, holds
 * strings that @spec points at; or NULL. */
pid_t launcher_start (Launcher *launcher, const LaunchSpec *spec,
                      GPtrArray *strings /* takes */, LaunchResult *result);

/* The child's side (launch-child.c): becomes what @spec says, or writes to
 * @result why not, and ends. */
void launch_child (const LaunchSpec *spec, pid_t parent,
                   LaunchResult *result) G_GNUC_NORETURN;
