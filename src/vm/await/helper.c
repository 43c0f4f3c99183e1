#include "config.h"

#include "vm/await/helper.h"

#include "base/syserror.h"
#include "vm/await/fd-watch.h"
#include "vm/child/launch.h"
#include "vm/child/rawcall.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

struct Helper
{
  const HelperFuncs *funcs;
  void *data;
  Launcher *launcher; /* owned: its stack is the child's until the exec */
  LaunchResult launch;
  pid_t pid;      /* 0: it was reaped */
  int pidfd;      /* owned; by it, no stranger is ever signalled */
  int stdin_pipe; /* owned: our end */
  int stdout_pipe;
  FdWatch *stdout_watch; /* owned; NULL: it was read to its end */
  FdWatch *end_watch;    /* owned */
  GString *output;       /* owned: not told yet */
  bool is_told;          /* inside of a function that may free it */
  bool is_freed;         /* it did */
};

/* --- What it writes --------------------------------------------------------
 */

/* False: the helper was freed. */
static bool
tell_lines (Helper *helper)
{
  GString *output = helper->output;
  size_t n_told = 0;

  for (char *end;
       !helper->is_freed
       && (end = memchr (output->str + n_told, '\n', output->len - n_told))
              != NULL;
       n_told = (size_t)(end + 1 - output->str))
    {
      *end = '\0';
      helper->funcs->on_line (output->str + n_told, helper->data);
    }
  (void)g_string_erase (output, 0, (gssize)n_told);
  return !helper->is_freed;
}

/* Reads what there is.  True: it may write more. */
static bool
read_output (Helper *helper)
{
  for (;;)
    {
      char buffer[4096];
      const ssize_t n = read (helper->stdout_pipe, buffer, sizeof buffer);
      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return n < 0 && errno == EAGAIN;
      g_string_append_len (helper->output, buffer, n);
    }
}

static void
destroy (Helper *helper)
{
  (void)g_string_free (helper->output, TRUE);
  g_free (helper);
}

/* Calls the line function; true: the helper is still there. */
static bool
tell_output (Helper *helper)
{
  if (helper->funcs->on_line == NULL)
    return true;

  helper->is_told = true;
  const bool is_there = tell_lines (helper);
  helper->is_told = false;
  if (!is_there)
    destroy (helper);
  return is_there;
}

static void
on_output (void *data)
{
  Helper *helper = data;

  if (!read_output (helper))
    g_clear_pointer (&helper->stdout_watch, fd_watch_free);
  (void)tell_output (helper);
}

/* --- Its end ---------------------------------------------------------------
 */

/* The machine's reaper takes whatever child has ended, and is often first. */
static int
reap (Helper *helper)
{
  siginfo_t info = { .si_pid = 0 };
  int wait_status;
  int outcome;

  const idtype_t type = helper->pidfd >= 0 ? P_PIDFD : P_PID;
  const id_t id = (id_t)(helper->pidfd >= 0 ? helper->pidfd : helper->pid);

  do
    outcome = waitid (type, id, &info, WEXITED);
  while (outcome < 0 && errno == EINTR);
  if (outcome == 0)
    return info.si_code == CLD_EXITED
               ? info.si_status << 8
               : info.si_status | (info.si_code == CLD_DUMPED ? 0x80 : 0);
  return helper->funcs->find_end != NULL
                 && helper->funcs->find_end (helper->pid, &wait_status,
                                             helper->data)
             ? wait_status
             : -1;
}

static void
on_ended (void *data)
{
  Helper *helper = data;
  const int wait_status = reap (helper);

  helper->pid = 0;
  g_clear_pointer (&helper->end_watch, fd_watch_free);
  g_clear_pointer (&helper->stdout_watch, fd_watch_free);
  (void)read_output (helper);
  if (!tell_output (helper))
    return;

  const HelperEnd end = { .error = helper->launch.error,
                          .wait_status = wait_status,
                          .output = helper->output->str,
                          .n_output = helper->output->len };
  helper->is_told = true;
  helper->funcs->on_end (&end, helper->data);
  helper->is_told = false;
  if (helper->is_freed)
    destroy (helper);
}

/* --- Life -------------------------------------------------------------------
 */

static bool
launch (Helper *helper, char *path, const char *const *argv, bool has_errors,
        const int stdin_pipe[2], const int stdout_pipe[2])
{
  GPtrArray *strings = g_ptr_array_new_with_free_func (g_free);
  const gsize n_argv = g_strv_length ((char **)argv);
  g_autofree char **copy = g_new0 (char *, n_argv + 1);
  const char *const paths[] = { path, NULL };
  const LaunchSpec spec = { .paths = paths,
                            .argv = (const char *const *)copy,
                            .envp = (const char *const *)environ,
                            .log_dir = -1,
                            .stdin_fd = stdin_pipe[0],
                            .stdout_fd = stdout_pipe[1],
                            .terminal_fd = -1,
                            .umask = -1,
                            .merge = has_errors };

  g_ptr_array_add (strings, path);
  for (gsize i = 0; i < n_argv; i++)
    {
      copy[i] = g_strdup (argv[i]);
      g_ptr_array_add (strings, copy[i]);
    }
  helper->pid
      = launcher_start (helper->launcher, &spec, strings, &helper->launch);
  return helper->pid > 0;
}

static bool
start (Helper *helper, const char *const *argv, bool has_errors, GError **error)
{
  int in[2] = { -1, -1 };
  int out[2] = { -1, -1 };
  char *path = g_find_program_in_path (argv[0]);
  bool is_started = false;

  if (path == NULL)
    {
      errno = access (argv[0], F_OK) == 0 ? EACCES : ENOENT;
      syserror_set (error, errno, "cannot execute \"%s\"", argv[0]);
      return false;
    }
  if (pipe2 (in, O_CLOEXEC) == 0 && pipe2 (out, O_CLOEXEC) == 0
      && fcntl (out[0], F_SETFL, O_NONBLOCK) == 0
      && launch (helper, path, argv, has_errors, in, out))
    {
      helper->pidfd = (int)syscall (SYS_pidfd_open, helper->pid, 0);
      is_started = helper->pidfd >= 0;
    }
  if (!is_started)
    syserror_set (error, errno, "cannot start \"%s\"", argv[0]);
  helper->stdin_pipe = in[1];
  helper->stdout_pipe = out[0];
  if (in[0] >= 0)
    (void)close (in[0]);
  if (out[1] >= 0)
    (void)close (out[1]);
  return is_started;
}

Helper *
helper_new (const char *const *argv, bool has_errors, const HelperFuncs *funcs,
            void *data, GError **error)
{
  g_autoptr (Helper) helper = g_new0 (Helper, 1);

  helper->funcs = funcs;
  helper->data = data;
  helper->launcher = launcher_new ();
  helper->output = g_string_new (NULL);
  helper->pidfd = -1;
  helper->stdin_pipe = -1;
  helper->stdout_pipe = -1;
  if (!start (helper, argv, has_errors, error))
    return NULL;
  helper->stdout_watch
      = fd_watch_new (helper->stdout_pipe, G_IO_IN, on_output, helper);
  helper->end_watch = fd_watch_new (helper->pidfd, G_IO_IN, on_ended, helper);
  return g_steal_pointer (&helper);
}

static void
end (Helper *helper)
{
  if (helper->pidfd >= 0)
    (void)syscall (SYS_pidfd_send_signal, helper->pidfd, SIGKILL, NULL, 0);
  else
    (void)kill (helper->pid, SIGKILL); /* ours: nobody has looked yet */
  (void)reap (helper);
}

void
helper_free (Helper *helper)
{
  if (helper == NULL)
    return;
  g_clear_pointer (&helper->stdout_watch, fd_watch_free);
  /* Before it can see that its input is closed: what it might still start to
   * end in good order would be left behind. */
  if (helper->pid > 0)
    end (helper);
  if (helper->stdin_pipe >= 0)
    (void)close (helper->stdin_pipe);
  if (helper->stdout_pipe >= 0)
    (void)close (helper->stdout_pipe);
  g_clear_pointer (&helper->end_watch, fd_watch_free);
  if (helper->pidfd >= 0)
    (void)close (helper->pidfd);
  launcher_free (helper->launcher);
  helper->is_freed = true;
  if (!helper->is_told)
    destroy (helper);
}

pid_t
helper_pid (const Helper *helper)
{
  return helper->pid;
}
