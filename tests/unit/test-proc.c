#include "config.h"

#include "vm/child/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct
{
  char *dir;
  ProcHost host;
  Values *values;
  PlanTest test;
  PlanContext context;
  PlanSpawn *spawn;
  PlanProcess plan;
  GPtrArray *texts;
  Proc proc;
} Fixture;

static const PlanText *
make_text (Fixture *fixture, const char *bytes)
{
  const size_t n = strlen (bytes);
  PlanText *text = g_malloc0 (sizeof (PlanText) + n + 1);

  text->n_bytes = (uint32_t)n;
  memcpy (text->bytes, bytes, n);
  g_ptr_array_add (fixture->texts, text);
  return text;
}

static void
set_up (Fixture *fixture, const void *data)
{
  (void)data;
  fixture->dir = g_dir_make_tmp ("test-proc-XXXXXX", NULL);
  fixture->host.log_dir
      = open (fixture->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  g_assert_cmpint (fixture->host.log_dir, >=, 0);
  fixture->values
      = values_new (fixture->host.log_dir, fixture->dir, &fixture->test);
  fixture->host.launcher = launcher_new ();
  fixture->host.commands
      = commands_new (fixture->values, fixture->host.log_dir, 0);
  fixture->texts = g_ptr_array_new_with_free_func (g_free);
  fixture->context = (PlanContext){ .umask = -1 };
  fixture->spawn = g_malloc0 (sizeof (PlanSpawn) + 3 * sizeof (PlanText *));
  fixture->spawn->context = &fixture->context;
  fixture->spawn->n_argv = 3;
  fixture->spawn->argv[0] = make_text (fixture, "sh");
  fixture->spawn->argv[1] = make_text (fixture, "-c");
  fixture->plan = (PlanProcess){ .name = "p", .spawn = fixture->spawn };
  proc_init (&fixture->proc, &fixture->plan, 0);
}

static void
tear_down (Fixture *fixture, const void *data)
{
  static const char *const names[] = { "p.stdout", "p.stderr", "file" };
  (void)data;

  proc_clear (&fixture->proc);
  commands_free (fixture->host.commands);
  launcher_free (fixture->host.launcher);
  values_free (fixture->values);
  g_free (fixture->spawn);
  g_ptr_array_unref (fixture->texts);
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    (void)unlinkat (fixture->host.log_dir, names[i], 0);
  (void)close (fixture->host.log_dir);
  g_assert_cmpint (g_rmdir (fixture->dir), ==, 0);
  g_free (fixture->dir);
}

static void
start (Fixture *fixture, const char *script)
{
  g_autoptr (GError) error = NULL;

  fixture->spawn->argv[2] = make_text (fixture, script);
  g_assert_true (proc_start (&fixture->proc, &fixture->host, &error));
  g_assert_no_error (error);
}

/* To its end, which is given back. */
static int
end (Fixture *fixture)
{
  Proc *proc = &fixture->proc;
  struct rusage usage;
  int wait_status;

  g_assert_cmpint (wait4 (proc->pid, &wait_status, 0, &usage), ==, proc->pid);
  proc_set_ended (proc, wait_status, &usage);
  g_assert_true (proc_drain (proc));
  g_assert_cmpint (proc->launch.error, ==, 0);
  return wait_status;
}

static char *
read_log (Fixture *fixture, int stream)
{
  g_autoptr (GError) error = NULL;
  const int fd
      = proc_open_log (&fixture->proc, stream, fixture->host.log_dir, &error);
  char buffer[4096];

  g_assert_no_error (error);
  const ssize_t n = read (fd, buffer, sizeof buffer);
  g_assert_cmpint (n, >=, 0);
  (void)close (fd);
  return g_strndup (buffer, (gsize)n);
}

static void
expect_log (Fixture *fixture, int stream, const char *expected)
{
  g_autofree char *text = read_log (fixture, stream);
  g_assert_cmpstr (text, ==, expected);
}

static void
expect_no_log (Fixture *fixture, int stream, const char *expected)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (
      proc_open_log (&fixture->proc, stream, fixture->host.log_dir, &error), ==,
      -1);
  g_assert_cmpstr (error->message, ==, expected);
}

/* --- Logs ----------------------------------------------------------------- */

static void
test_needed_logs (Fixture *fixture, const void *data)
{
  struct stat status;
  (void)data;

  fixture->proc.needs_logs = true;
  start (fixture, "read x; echo out; echo err >&2");
  g_free (read_log (fixture, STDOUT_FILENO));
  g_free (read_log (fixture, STDERR_FILENO));
  g_assert_cmpint (end (fixture), ==, 0);
  expect_log (fixture, STDOUT_FILENO, "out\n");
  expect_log (fixture, STDERR_FILENO, "err\n");
  g_assert_cmpint (fstatat (fixture->host.log_dir, "p.stdout", &status, 0), ==,
                   0);
  g_assert_cmpuint (status.st_mode & 07777, ==, 0600);
  g_assert_cmpuint (status.st_ino, ==,
                    proc_log_identity (&fixture->proc, STDOUT_FILENO)->inode);
}

/* Nobody has them open but the child, and that only as 1 and 2. */
static void
test_needed_logs_are_closed (Fixture *fixture, const void *data)
{
  (void)data;

  g_assert_cmpint (close_range (3, ~0U, CLOSE_RANGE_CLOEXEC), ==, 0);
  fixture->proc.needs_logs = true;
  start (fixture, "ls -1 /proc/$$/fd");
  g_assert_cmpint (end (fixture), ==, 0);
  expect_log (fixture, STDOUT_FILENO, "0\n1\n2\n");
}

/* What is shown of the file that is the standard output. */
static int
find_flags (const char *log)
{
  const char *flags = strstr (log, "flags:\t");

  g_assert_nonnull (flags);
  return (int)g_ascii_strtoull (flags + strlen ("flags:\t"), NULL, 8);
}

static void
run_again (Fixture *fixture, bool needs_logs)
{
  fixture->proc.needs_logs = needs_logs;
  start (fixture, "echo one");
  g_assert_cmpint (end (fixture), ==, 0);
  g_assert_cmpint (fixture->proc.log_begin[0], ==, 0);

  proc_reset (&fixture->proc);
  g_assert_cmpint (fixture->proc.state, ==, PROC_NEW);
  g_assert_cmpint (fixture->proc.needs_logs, ==, needs_logs);
  start (fixture, "echo two; echo err >&2; grep ^flags: /proc/$$/fdinfo/1");
  g_assert_cmpint (fixture->proc.log_begin[0], ==, 4);
  g_assert_cmpint (fixture->proc.log_begin[1], ==, 0);
  g_assert_cmpint (end (fixture), ==, 0);
  g_autofree char *text = read_log (fixture, STDOUT_FILENO);
  g_assert_true (g_str_has_prefix (text, "one\ntwo\nflags:"));
  g_assert_cmpint (find_flags (text) & (O_ACCMODE | O_APPEND | O_NONBLOCK), ==,
                   O_WRONLY | O_APPEND);
  expect_log (fixture, STDERR_FILENO, "err\n");
}

static void
test_again (Fixture *fixture, const void *data)
{
  (void)data;
  run_again (fixture, false);
}

static void
test_again_needed (Fixture *fixture, const void *data)
{
  (void)data;
  run_again (fixture, true);
}

static void
test_again_replaced (Fixture *fixture, const void *data)
{
  g_autoptr (GError) error = NULL;
  (void)data;

  start (fixture, "true");
  g_assert_cmpint (end (fixture), ==, 0);
  g_assert_cmpint (unlinkat (fixture->host.log_dir, "p.stdout", 0), ==, 0);
  g_assert_cmpint (mkfifoat (fixture->host.log_dir, "p.stdout", 0600), ==, 0);
  expect_no_log (fixture, STDOUT_FILENO,
                 "its log file was replaced by another file");

  proc_reset (&fixture->proc);
  g_assert_false (proc_start (&fixture->proc, &fixture->host, &error));
  g_assert_nonnull (error);
  g_assert_cmpint (fixture->proc.state, ==, PROC_NEW);
}

static void
test_no_log (Fixture *fixture, const void *data)
{
  (void)data;

  fixture->context.merge = true;
  start (fixture, "echo out; echo err >&2");
  g_assert_cmpint (end (fixture), ==, 0);
  expect_log (fixture, STDOUT_FILENO, "out\nerr\n");
  expect_no_log (fixture, STDERR_FILENO, "its stderr has no log of its own");
}

/* --- Terminals and pipes ---------------------------------------------------
 */

static void
on_over (void *data)
{
  (void)data;
}

static void
test_terminal (Fixture *fixture, const void *data)
{
  (void)data;

  fixture->context.pty = true;
  fixture->context.pty_rows = 30;
  fixture->context.pty_columns = 100;
  start (fixture, "stty size; read line; echo \"<$line>\"; tty </dev/tty"
                  " >/dev/null && exec 0<&- 1>&- 2>&-; echo there >/dev/tty");
  g_autoptr (FeedText) text
      = feed_add (fixture->proc.feed, "hello\n", 6, on_over, NULL);
  g_assert_cmpuint (feed_text_n_left (text), ==, 0);
  g_assert_cmpint (end (fixture), ==, 0);
  g_autofree char *log = read_log (fixture, STDOUT_FILENO);
  g_assert_nonnull (strstr (log, "30 100\r\n"));
  g_assert_nonnull (strstr (log, "hello\r\n"));
  g_assert_true (g_str_has_suffix (log, "<hello>\r\nthere\r\n"));
  expect_no_log (fixture, STDERR_FILENO, "its stderr has no log of its own");

  proc_reset (&fixture->proc);
  start (fixture, "printf again");
  g_assert_cmpint (fixture->proc.log_begin[0], ==, (int64_t)strlen (log));
  g_assert_cmpint (end (fixture), ==, 0);
  g_autofree char *both = read_log (fixture, STDOUT_FILENO);
  g_assert_cmpstr (both + strlen (log), ==, "again");
}

/* What others write there after its end comes as well. */
static void
test_terminal_after_the_end (Fixture *fixture, const void *data)
{
  g_autofree char *script = g_strdup_printf (
      "trap '' HUP; (until test -e %s/file; do sleep 0.01; done; echo late) &"
      " echo early",
      fixture->dir);
  (void)data;

  fixture->context.pty = true;
  start (fixture, script);
  g_assert_cmpint (end (fixture), ==, 0);
  expect_log (fixture, STDOUT_FILENO, "early\r\n");
  g_assert_true (proc_is_copy_open (&fixture->proc, STDOUT_FILENO));

  g_autofree char *path = g_build_filename (fixture->dir, "file", NULL);
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  for (bool is_there = false; !is_there;)
    {
      (void)g_main_context_iteration (NULL, TRUE);
      g_autofree char *log = read_log (fixture, STDOUT_FILENO);
      is_there = strcmp (log, "early\r\nlate\r\n") == 0;
    }
  while (proc_is_copy_open (&fixture->proc, STDOUT_FILENO))
    (void)g_main_context_iteration (NULL, TRUE);
}

static void
test_hang_up (Fixture *fixture, const void *data)
{
  (void)data;

  g_assert_false (proc_hang_up (&fixture->proc));
  fixture->context.pty = true;
  start (fixture, "trap 'printf bye; exit 3' HUP; read x");
  /* Before the trap is set it would just die of it. */
  while (fixture->proc.pty != NULL)
    {
      g_autofree char *path
          = g_strdup_printf ("/proc/%d/status", (int)fixture->proc.pid);
      g_autofree char *status = NULL;
      g_assert_true (g_file_get_contents (path, &status, NULL, NULL));
      const char *caught = strstr (status, "SigCgt:");
      if (caught != NULL
          && (g_ascii_strtoull (caught + strlen ("SigCgt:\t"), NULL, 16) & 1)
                 != 0)
        break;
      g_usleep (1000);
    }
  g_assert_true (proc_hang_up (&fixture->proc));
  g_assert_cmpint (end (fixture), ==, 3 << 8);
  expect_log (fixture, STDOUT_FILENO, "bye");
}

static void
test_pipe (Fixture *fixture, const void *data)
{
  (void)data;

  fixture->context.stdin_kind = PLAN_STDIN_PIPE;
  start (fixture, "cat");
  g_autoptr (FeedText) text
      = feed_add (fixture->proc.feed, "hello", 5, on_over, NULL);
  feed_end (fixture->proc.feed);
  g_assert_cmpint (end (fixture), ==, 0);
  g_assert_null (fixture->proc.feed);
  expect_log (fixture, STDOUT_FILENO, "hello");
}

/* --- Environments --------------------------------------------------------- */

static const char *
get_variable (const char *const *envp, const char *prefix)
{
  for (; *envp != NULL; envp++)
    if (g_str_has_prefix (*envp, prefix))
      return *envp + strlen (prefix);
  return NULL;
}

/* A value may be another one the next time. */
static void
test_environment (Fixture *fixture, const void *data)
{
  const PlanValue value = { .name = "v" };
  const PlanTest test = { .values = &value, .n_values = 1 };
  const PlanSlot slot = { .variable = N_PLAN_VARS };
  const PlanText text = { .n_slots = 1, .slots = &slot };
  const PlanEnv env = { .name = "X", .value = &text };
  g_autoptr (Values) values
      = values_new (fixture->host.log_dir, fixture->dir, &test);
  g_autoptr (Commands) commands
      = commands_new (values, fixture->host.log_dir, 0);
  g_autoptr (GError) error = NULL;
  g_auto (Command) none, one, two;
  (void)data;

  fixture->spawn->argv[2] = make_text (fixture, "true");
  fixture->context.env = &env;
  g_assert_false (commands_prepare (commands, fixture->spawn, &none, &error));
  g_assert_nonnull (error);
  values_set (values, 0, "first", 5);
  g_assert_true (commands_prepare (commands, fixture->spawn, &one, NULL));
  values_set (values, 0, "second", 6);
  g_assert_true (commands_prepare (commands, fixture->spawn, &two, NULL));
  g_assert_cmpstr (get_variable (one.spec.envp, "X="), ==, "first");
  g_assert_cmpstr (get_variable (two.spec.envp, "X="), ==, "second");
  g_assert_true (one.searched == two.searched);
}

/* --- Adoption ------------------------------------------------------------- */

static void
adopt (Fixture *fixture, pid_t pid)
{
  fixture->plan.spawn = NULL;
  fixture->plan.flags = PLAN_ADOPTED;
  proc_init (&fixture->proc, &fixture->plan, 0);
  proc_adopt (&fixture->proc, pid, fixture->host.log_dir);
}

static void
test_adopted_file (Fixture *fixture, const void *data)
{
  g_autoptr (GString) tail = g_string_new (NULL);
  (void)data;

  fixture->proc.needs_logs = true;
  start (fixture, "exec 2>/dev/null; echo ready; kill -STOP $$; echo on");
  const pid_t pid = fixture->proc.pid;
  siginfo_t info;
  g_assert_cmpint (waitid (P_PID, (id_t)pid, &info, WSTOPPED), ==, 0);
  proc_clear (&fixture->proc);
  adopt (fixture, pid);

  g_assert_cmpint (fixture->proc.state, ==, PROC_RUNNING);
  g_assert_null (proc_log_name (&fixture->proc, STDOUT_FILENO));
  g_assert_cmpint (fixture->proc.log_begin[0], ==, 0);
  expect_log (fixture, STDOUT_FILENO, "ready\n");
  expect_no_log (fixture, STDERR_FILENO, "its stderr goes to \"/dev/null\"");
  g_assert_true (proc_signal (&fixture->proc, SIGCONT, true));
  g_assert_cmpint (end (fixture), ==, 0);
  expect_log (fixture, STDOUT_FILENO, "ready\non\n");
  g_assert_cmpuint (proc_append_tail (&fixture->proc, STDOUT_FILENO,
                                      fixture->host.log_dir, 5, tail),
                    ==, 9);
  g_assert_cmpstr (tail->str, ==, "on\n");
}

/* It has the log of its starter until it opens a file of its own. */
static void
test_adopted_moves (Fixture *fixture, const void *data)
{
  g_autofree char *script
      = g_strdup_printf ("echo starter; kill -STOP $$; exec >%s/file; echo on; "
                         "kill -STOP $$",
                         fixture->dir);
  siginfo_t info;
  (void)data;

  fixture->proc.needs_logs = true;
  start (fixture, script);
  const pid_t pid = fixture->proc.pid;
  const int log_dir = fixture->host.log_dir;
  g_assert_cmpint (waitid (P_PID, (id_t)pid, &info, WSTOPPED), ==, 0);
  proc_clear (&fixture->proc);
  adopt (fixture, pid);
  Proc *proc = &fixture->proc;
  g_assert_true (proc_may_move (proc, STDOUT_FILENO));
  g_assert_cmpuint (proc_n_moves (proc, STDOUT_FILENO, log_dir), ==, 1);
  expect_log (fixture, STDOUT_FILENO, "starter\n");

  g_assert_true (proc_signal (proc, SIGCONT, false));
  g_assert_cmpint (waitid (P_PID, (id_t)pid, &info, WSTOPPED), ==, 0);
  g_assert_cmpuint (proc_n_moves (proc, STDOUT_FILENO, log_dir), ==, 2);
  g_assert_false (proc_may_move (proc, STDOUT_FILENO));
  g_assert_cmpuint (proc_n_moves (proc, STDERR_FILENO, log_dir), ==, 1);
  expect_log (fixture, STDOUT_FILENO, "on\n");
  g_assert_true (proc_signal (proc, SIGCONT, false));
  g_assert_cmpint (end (fixture), ==, 0);
  g_assert_cmpuint (proc_n_moves (proc, STDERR_FILENO, log_dir), ==, 1);
  expect_log (fixture, STDOUT_FILENO, "on\n");
}

static bool
is_younger (int fd, int than)
{
  struct statx one, other;

  g_assert_cmpint (statx (fd, "", AT_EMPTY_PATH, STATX_BTIME, &one), ==, 0);
  g_assert_cmpint (statx (than, "", AT_EMPTY_PATH, STATX_BTIME, &other), ==, 0);
  if ((one.stx_mask & other.stx_mask & STATX_BTIME) == 0)
    return true; /* nothing here knows */
  return one.stx_btime.tv_sec != other.stx_btime.tv_sec
             ? one.stx_btime.tv_sec > other.stx_btime.tv_sec
             : one.stx_btime.tv_nsec > other.stx_btime.tv_nsec;
}

/* What a file held before the test is none of it. */
static void
test_adopted_old_file (Fixture *fixture, const void *data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "file", NULL);
  g_autofree char *dir = g_build_filename (fixture->dir, "dir", NULL);
  (void)data;

  g_assert_true (g_file_set_contents (path, "old\n", 4, NULL));
  const int file = open (path, O_RDONLY | O_CLOEXEC);
  int log_dir = -1;
  do
    {
      if (log_dir >= 0)
        g_assert_cmpint (close (log_dir) + g_rmdir (dir), ==, 0);
      g_assert_cmpint (g_mkdir (dir, 0700), ==, 0);
      log_dir = open (dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    }
  while (!is_younger (log_dir, file));

  g_autofree char *script
      = g_strdup_printf ("exec >>%s; kill -STOP $$; echo on", path);
  start (fixture, script);
  const pid_t pid = fixture->proc.pid;
  siginfo_t info;
  g_assert_cmpint (waitid (P_PID, (id_t)pid, &info, WSTOPPED), ==, 0);
  proc_clear (&fixture->proc);
  adopt (fixture, pid);
  g_assert_cmpint (fixture->proc.log_begin[0], ==, 0);
  proc_clear (&fixture->proc);
  proc_init (&fixture->proc, &fixture->plan, 0);
  proc_adopt (&fixture->proc, pid, log_dir);
  struct statx status;
  g_assert_cmpint (statx (file, "", AT_EMPTY_PATH, STATX_BTIME, &status), ==,
                   0);
  g_assert_cmpint (fixture->proc.log_begin[0], ==,
                   (status.stx_mask & STATX_BTIME) != 0 ? 4 : 0);
  expect_log (fixture, STDOUT_FILENO, "old\n");
  g_assert_true (proc_signal (&fixture->proc, SIGCONT, false));
  g_assert_cmpint (end (fixture), ==, 0);
  (void)close (file);
  g_assert_cmpint (close (log_dir) + g_rmdir (dir), ==, 0);
}

int
main (int argc, char **argv)
{
  struct sigaction ignore = { .sa_handler = SIG_IGN };

  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sigaction (SIGPIPE, &ignore, NULL), ==, 0);
#define ADD(path, func)                                                        \
  g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/proc/logs/needed", test_needed_logs);
  ADD ("/proc/logs/needed-are-closed", test_needed_logs_are_closed);
  ADD ("/proc/logs/again", test_again);
  ADD ("/proc/logs/again-needed", test_again_needed);
  ADD ("/proc/logs/again-replaced", test_again_replaced);
  ADD ("/proc/logs/none", test_no_log);
  ADD ("/proc/terminal", test_terminal);
  ADD ("/proc/terminal-after-the-end", test_terminal_after_the_end);
  ADD ("/proc/hang-up", test_hang_up);
  ADD ("/proc/pipe", test_pipe);
  ADD ("/proc/environment", test_environment);
  ADD ("/proc/adopted/file", test_adopted_file);
  ADD ("/proc/adopted/old-file", test_adopted_old_file);
  ADD ("/proc/adopted/moves", test_adopted_moves);
  return g_test_run ();
}
