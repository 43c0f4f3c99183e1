#include "config.h"

#include "laid.h"
#include "sample.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define DB_SCRIPT                                                              \
  "trap 'echo usr1' USR1; echo ready; while :; do sleep 0.01; done"

typedef struct Home Home;
typedef void HomeFunc (Home *home);

/* What a host is, as far as the machine sees it. */
struct Home
{
  Laid laid;
  Vm *vm;
  GString *told;   /* what has happened, in words */
  HomeFunc *on_up; /* what this test does then */
  pid_t db;
  pid_t worker;   /* 0: none */
  pid_t orphan;   /* 0: none */
  int gate[2];    /* a worker ends when this pipe is closed:
                   * at a failure, at the latest, but for: */
  bool is_killed; /* it is killed */
  bool is_held;
  bool has_been_up;
};

/* --- The host ----------------------------------------------------------------
 */

static void
close_gate (Home *home)
{
  for (int i = 0; i < 2; i++)
    {
      if (home->gate[i] >= 0)
        (void)close (home->gate[i]);
      home->gate[i] = -1;
    }
}

static void
on_event (const Event *event, void *data)
{
  Home *home = data;

  if (event->kind == EVENT_STARTED)
    home->db = event->pid;
  if (event->kind == EVENT_FAILED)
    {
      g_string_append_printf (home->told, "failed: %s\n", event->text);
      if (!home->is_killed)
        close_gate (home);
    }
  if (event->kind == EVENT_ENDED)
    g_string_append_printf (home->told, "db %s\n", event->text);
  if (event->kind == EVENT_UP)
    g_string_append (home->told, "up\n");
}

static void
on_up (void *data)
{
  Home *home = data;
  home->on_up (home);
  home->has_been_up = true;
}

static bool
is_wanted (void *data)
{
  return ((const Home *)data)->is_held;
}

static bool
is_free (void *data)
{
  return ((const Home *)data)->worker == 0;
}

static bool
is_worker (pid_t pid, void *data)
{
  return ((const Home *)data)->worker == pid;
}

static void
on_worker_end (pid_t pid, int wait_status, void *data)
{
  Home *home = data;

  g_assert_cmpint (pid, ==, home->worker);
  home->worker = 0;
  if (WIFSIGNALED (wait_status))
    g_string_append_printf (home->told, "worker killed with %d\n",
                            WTERMSIG (wait_status));
  else
    g_string_append_printf (home->told, "worker %d\n",
                            WEXITSTATUS (wait_status));
}

static void
on_children (void *data)
{
  (void)data; /* its workers are not stopped */
}

static void
on_settled (void *data)
{
  Home *home = data;

  if (!home->has_been_up || home->worker != 0)
    return;
  if (home->orphan != 0)
    vm_sweep_strangers (home->vm);
  else
    vm_note_orphans (home->vm);
  home->is_held = false;
  vm_look_again (home->vm);
}

static void
do_nothing (void *data)
{
  (void)data;
}

static const VmHost host = { .on_up = on_up,
                             .is_wanted = is_wanted,
                             .is_free = is_free,
                             .is_worker = is_worker,
                             .on_worker_end = on_worker_end,
                             .on_children = on_children,
                             .on_continued = on_children,
                             .on_settled = on_settled,
                             .on_stop = do_nothing,
                             .on_continue = do_nothing };

/* --- Workers -----------------------------------------------------------------
 */

/* Waits until the gate is closed. */
static void
wait_at_gate (Home *home)
{
  char byte;

  (void)close (home->gate[1]);
  (void)!read (home->gate[0], &byte, 1);
  _exit (0);
}

static void
fork_worker (Home *home, HomeFunc *run)
{
  home->worker = fork ();
  g_assert_cmpint (home->worker, >=, 0);
  if (home->worker > 0)
    return;
  run (home);
  _exit (99);
}

static void
on_event_of_test (const Event *event, void *data)
{
  GString *told = data;

  if (event->kind == EVENT_FAILED || event->kind == EVENT_LOG)
    g_string_append_printf (told, "%s\n", event->text);
}

/* Runs the test of the plan in this process, and expects it to end so. */
static void
run_test (Home *home, Verdict verdict, const char *expected)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GString) told = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  Vm *const layers[] = { home->vm };
  Laid laid = home->laid;

  g_main_context_push_thread_default (context);
  vm_forget_in_child (home->vm);
  laid_make_dir (&laid, "test");
  const VmOptions options = { .log_dir = laid.log_dir,
                              .log_path = laid.log_path,
                              .timeout_multiplier = 1,
                              .layers = layers,
                              .on_event = on_event_of_test,
                              .data = told };
  Vm *vm = vm_new (&home->laid.plan, home->laid.plan.tests, &options, &error);
  g_assert_no_error (error);
  g_assert_cmpint (vm_run (vm), ==, verdict);
  g_assert_cmpint (vm_verify_logs (vm), ==, verdict);
  g_assert_cmpstr (told->str, ==, expected);
  vm_free (vm);
  laid_remove_dir (&laid);
  _exit (0);
}

/* --- The layer
 * ----------------------------------------------------------------
 */

static Verdict
run_layer (Home *home, HomeFunc *up)
{
  g_autoptr (GError) error = NULL;
  const VmOptions options = { .log_dir = home->laid.log_dir,
                              .log_path = home->laid.log_path,
                              .timeout_multiplier = 1,
                              .wants_ops = true,
                              .host = &host,
                              .host_data = home,
                              .on_event = on_event,
                              .data = home };

  home->on_up = up;
  home->vm = vm_new (&home->laid.plan, &home->laid.plan.layers[0].unit,
                     &options, &error);
  g_assert_no_error (error);
  (void)vm_run (home->vm);
  return vm_verify_logs (home->vm);
}

static void
set_up (Home *home, const void *data)
{
  (void)data;
  memset (home, 0, sizeof *home);
  laid_init (&home->laid, DB_SCRIPT);
  home->told = g_string_new (NULL);
  home->is_held = true;
  g_assert_cmpint (pipe2 (home->gate, O_CLOEXEC), ==, 0);
}

static void
tear_down (Home *home, const void *data)
{
  (void)data;
  close_gate (home);
  vm_free (home->vm);
  (void)g_string_free (home->told, TRUE);
  laid_clear (&home->laid);
  g_assert_cmpint (waitpid (-1, NULL, 0), <, 0);
  g_assert_cmpint (errno, ==, ECHILD);
}

static void
exit_with_3 (Home *home)
{
  (void)home;
  _exit (3);
}

static void
fork_short (Home *home)
{
  fork_worker (home, exit_with_3);
}

static void
test_up_and_down (Home *home, const void *data)
{
  (void)data;

  g_assert_cmpint (run_layer (home, fork_short), ==, VERDICT_PASSED);
  g_assert_cmpstr (home->told->str, ==,
                   "up\nworker 3\ndb was killed by the plan with SIGTERM\n");
}

/* Not up, and failed later. */
static void
test_cannot_start (Home *home, const void *data)
{
  PlanOp *expect = &home->laid.plan.ops[LAID_EXPECT_READY];
  (void)data;

  *expect = home->laid.plan.ops[LAID_DEFER];
  laid_set_program (&home->laid, "/does/not/exist");
  g_assert_cmpint (run_layer (home, fork_short), ==, VERDICT_FAILED);
  g_assert_cmpstr (home->told->str, ==,
                   "failed: \"db\" could not be started: exec: No such file "
                   "or directory\n");
}

static void
fork_and_kill_db (Home *home)
{
  fork_worker (home, wait_at_gate);
  g_assert_cmpint (kill (home->db, SIGKILL), ==, 0);
}

/* Its worker is waited for, and then it is torn down. */
static void
test_dies_while_up (Home *home, const void *data)
{
  (void)data;

  g_assert_cmpint (run_layer (home, fork_and_kill_db), ==, VERDICT_FAILED);
  g_assert_true (vm_has_failed (home->vm));
  g_assert_cmpstr (home->told->str, ==,
                   "up\ndb died of SIGKILL (not sent by the layer)\n"
                   "failed: \"db\" died of SIGKILL (not sent by the layer), "
                   "while the layer was up\nworker 0\n");
}

/* What the tear-down waits for is none the less unexpected before. */
static void
test_ends_as_later_wanted (Home *home, const void *data)
{
  (void)data;

  home->laid.plan.ops[LAID_WAIT].flags = 0;
  g_assert_cmpint (run_layer (home, fork_and_kill_db), ==, VERDICT_FAILED);
}

/* No cleanup makes something skipped of what has passed: not one that the
 * compiler would have refused, either. */
static void
test_skips_at_the_end (Home *home, const void *data)
{
  (void)data;

  home->laid.plan.ops[LAID_WAIT]
      = (PlanOp){ .code = OP_SKIP,
                  .text = sample_text (home->laid.plan.arena, "too late") };
  g_assert_cmpint (run_layer (home, fork_short), ==, VERDICT_FAILED);
  g_assert_nonnull (strstr (home->told->str,
                            "failed: a test that has run cannot be skipped\n"));
}

static void
stop_wanting (Home *home)
{
  home->is_held = false;
  fork_and_kill_db (home);
}

/* While it waits for its worker: that is waited for all the same. */
static void
test_dies_at_release (Home *home, const void *data)
{
  (void)data;

  g_assert_cmpint (run_layer (home, stop_wanting), ==, VERDICT_FAILED);
  g_assert_true (g_str_has_suffix (home->told->str, "\nworker 0\n"));
  g_assert_nonnull (strstr (home->told->str, "failed: "));
}

static void
fork_and_interrupt (Home *home)
{
  fork_worker (home, wait_at_gate);
  g_assert_cmpint (kill (getpid (), SIGTERM), ==, 0);
}

static void
fork_and_be_interrupted (Home *home)
{
  fork_worker (home, wait_at_gate);
  close_gate (home);
  vm_interrupt (home->vm, false);
}

/* By somebody else than who has started it. */
static void
test_ended (Home *home, const void *data)
{
  (void)data;

  g_assert_cmpint (run_layer (home, fork_and_interrupt), ==,
                   VERDICT_INTERRUPTED);
  g_assert_cmpstr (home->told->str, ==,
                   "up\nfailed: the layer was ended with a signal while it was "
                   "up\nworker 0\ndb was killed by the plan with SIGTERM\n");
}

static void
test_interrupted (Home *home, const void *data)
{
  (void)data;

  g_assert_cmpint (run_layer (home, fork_and_be_interrupted), ==,
                   VERDICT_INTERRUPTED);
  g_assert_false (vm_has_failed (home->vm));
  g_assert_cmpstr (home->told->str, ==,
                   "up\nworker 0\ndb was killed by the plan with SIGTERM\n");
}

static void
fork_and_kill_all (Home *home)
{
  fork_worker (home, wait_at_gate);
  home->is_killed = true;
  vm_interrupt (home->vm, true);
}

static void
test_at_once (Home *home, const void *data)
{
  (void)data;

  g_assert_cmpint (run_layer (home, fork_and_kill_all), ==,
                   VERDICT_INTERRUPTED);
  g_assert_nonnull (strstr (home->told->str, "worker killed with 9\n"));
  g_assert_nonnull (
      strstr (home->told->str, "db was ended by proctor with SIGKILL\n"));
}

/* Has a child, which ends with nobody. */
static void
leave_orphan (Home *home)
{
  const pid_t pid = fork ();

  if (pid == 0)
    for (;;)
      (void)pause ();
  (void)!write (home->gate[1], &pid, sizeof pid);
  for (;;)
    (void)pause ();
}

static void
fork_and_kill_worker (Home *home)
{
  fork_worker (home, leave_orphan);
  g_assert_cmpint (read (home->gate[0], &home->orphan, sizeof home->orphan), ==,
                   sizeof home->orphan);
  g_assert_cmpint (kill (home->worker, SIGKILL), ==, 0);
}

static void
test_sweep (Home *home, const void *data)
{
  (void)data;

  g_assert_cmpint (run_layer (home, fork_and_kill_worker), ==, VERDICT_PASSED);
  g_assert_cmpstr (home->told->str, ==,
                   "up\nworker killed with 9\n"
                   "db was killed by the plan with SIGTERM\n");
  g_assert_cmpint (kill (home->orphan, 0), ==, -1);
  g_assert_cmpint (errno, ==, ESRCH);
}

/* --- What a test takes over --------------------------------------------------
 */

static void
use_layer (Home *home)
{
  g_autofree char *expected
      = g_strdup_printf ("%d usr1 %s/tmp %s\n", home->db, home->laid.log_path,
                         home->laid.log_path);
  run_test (home, VERDICT_PASSED, expected);
}

static void
fork_user (Home *home)
{
  fork_worker (home, use_layer);
}

/* Processes and values; and it reads on from where the set-up has come to. */
static void
test_import (Home *home, const void *data)
{
  (void)data;

  g_assert_cmpint (run_layer (home, fork_user), ==, VERDICT_PASSED);
  g_assert_cmpstr (home->told->str, ==,
                   "up\nworker 0\ndb was killed by the plan with SIGTERM\n");
}

static void
use_what_is_gone (Home *home)
{
  run_test (home, VERDICT_FAILED,
            "the process \"db\" of the layer \"database\" has ended\n");
}

static void
kill_db_and_fork (Home *home)
{
  siginfo_t info;

  g_assert_cmpint (kill (home->db, SIGKILL), ==, 0);
  g_assert_cmpint (waitid (P_PID, (id_t)home->db, &info, WEXITED | WNOWAIT), ==,
                   0);
  fork_worker (home, use_what_is_gone);
}

static void
test_import_of_what_is_gone (Home *home, const void *data)
{
  (void)data;

  g_assert_cmpint (run_layer (home, kill_db_and_fork), ==, VERDICT_FAILED);
  g_assert_nonnull (strstr (home->told->str, "worker 0\n"));
}

/* --- What is left behind -----------------------------------------------------
 */

static void
count_leftovers (const Event *event, void *data)
{
  *(unsigned *)data += event->kind == EVENT_LEFTOVER;
}

static void
test_leftovers (const void *data)
{
  static const struct
  {
    Verdict verdict;
    unsigned n_told;
  } expected[] = { [LEFTOVERS_FAIL] = { VERDICT_FAILED, 1 },
                   [LEFTOVERS_REPORT] = { VERDICT_PASSED, 1 },
                   [LEFTOVERS_IGNORE] = { VERDICT_PASSED, 0 } };
  const PlanLeftovers leftovers = (PlanLeftovers)GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  unsigned n_told = 0;
  Laid laid;

  laid_init (&laid, "(exec sleep 1000) &");
  laid_make_run (&laid);
  laid.plan.tests->leftovers = leftovers;
  const VmOptions options = { .log_dir = laid.log_dir,
                              .log_path = laid.log_path,
                              .timeout_multiplier = 1,
                              .on_event = count_leftovers,
                              .data = &n_told };
  Vm *vm = vm_new (&laid.plan, laid.plan.tests, &options, &error);
  g_assert_no_error (error);
  g_assert_cmpint (vm_run (vm), ==, expected[leftovers].verdict);
  g_assert_cmpuint (n_told, ==, expected[leftovers].n_told);
  vm_free (vm);
  laid_clear (&laid);
  g_assert_cmpint (waitpid (-1, NULL, 0), <, 0);
}

#define ADD(path, func)                                                        \
  g_test_add ("/hosting/" path, Home, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (prctl (PR_SET_CHILD_SUBREAPER, 1), ==, 0);

  ADD ("up-and-down", test_up_and_down);
  ADD ("cannot-start", test_cannot_start);
  ADD ("dies-while-up", test_dies_while_up);
  ADD ("ends-as-later-wanted", test_ends_as_later_wanted);
  ADD ("dies-at-release", test_dies_at_release);
  ADD ("skips-at-the-end", test_skips_at_the_end);
  ADD ("interrupted", test_interrupted);
  ADD ("ended-by-a-stranger", test_ended);
  ADD ("at-once", test_at_once);
  ADD ("sweep", test_sweep);
  ADD ("import", test_import);
  ADD ("import/gone", test_import_of_what_is_gone);
  for (unsigned i = 0; i < N_LEFTOVERS; i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/hosting/leftovers/%s", leftovers_name (i));
      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_leftovers);
    }
  return g_test_run ();
}
