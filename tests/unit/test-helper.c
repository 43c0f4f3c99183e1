#include "config.h"

#include "vm/await/helper.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct
{
  GMainContext *context;
  Helper *helper;
  GString *lines; /* each with its line feed */
  GString *output;
  HelperEnd end;
  bool is_ended;
  bool frees_at_line;
  bool frees_at_end;
  bool knows_end;
  int known_status;
  pid_t known_pid;
} Fixture;

static void
set_up (Fixture *fixture, const void *data)
{
  (void)data;
  fixture->context = g_main_context_new ();
  g_main_context_push_thread_default (fixture->context);
  fixture->lines = g_string_new (NULL);
  fixture->output = g_string_new (NULL);
}

static void
tear_down (Fixture *fixture, const void *data)
{
  (void)data;
  helper_free (fixture->helper);
  (void)g_string_free (fixture->lines, TRUE);
  (void)g_string_free (fixture->output, TRUE);
  g_main_context_pop_thread_default (fixture->context);
  g_main_context_unref (fixture->context);
  g_assert_cmpint (waitpid (-1, NULL, WNOHANG), ==, -1); /* none is left */
  g_assert_cmpint (errno, ==, ECHILD);
}

static void
on_line (const char *line, void *data)
{
  Fixture *fixture = data;

  g_string_append_printf (fixture->lines, "%s\n", line);
  if (fixture->frees_at_line)
    g_clear_pointer (&fixture->helper, helper_free);
}

static void
on_end (const HelperEnd *end, void *data)
{
  Fixture *fixture = data;

  g_assert_false (fixture->is_ended);
  fixture->is_ended = true;
  fixture->end = *end;
  g_string_append_len (fixture->output, end->output, (gssize)end->n_output);
  if (fixture->frees_at_end)
    g_clear_pointer (&fixture->helper, helper_free);
}

static bool
find_end (pid_t pid, int *wait_status, void *data)
{
  const Fixture *fixture = data;

  if (!fixture->knows_end)
    return false;
  g_assert_cmpint (pid, ==, fixture->known_pid);
  *wait_status = fixture->known_status;
  return true;
}

static const HelperFuncs line_funcs
    = { .on_line = on_line, .on_end = on_end, .find_end = find_end };
static const HelperFuncs end_funcs = { .on_end = on_end, .find_end = find_end };

static void
start (Fixture *fixture, const HelperFuncs *funcs, const char *command)
{
  const char *const argv[] = { "sh", "-c", command, NULL };
  g_autoptr (GError) error = NULL;

  fixture->helper = helper_new (argv, true, funcs, fixture, &error);
  g_assert_no_error (error);
  g_assert_nonnull (fixture->helper);
}

static void
run_to_end (Fixture *fixture)
{
  while (!fixture->is_ended)
    (void)g_main_context_iteration (fixture->context, TRUE);
}

static void
test_lines (Fixture *fixture, const void *data)
{
  (void)data;
  start (fixture, &line_funcs, "echo one; echo; echo two >&2; printf rest");
  run_to_end (fixture);
  g_assert_cmpstr (fixture->lines->str, ==, "one\n\ntwo\n");
  g_assert_cmpstr (fixture->output->str, ==, "rest");
  g_assert_cmpint (fixture->end.error, ==, 0);
  g_assert_cmpint (fixture->end.wait_status, ==, 0);
}

/* More than a pipe holds. */
static void
test_output (Fixture *fixture, const void *data)
{
  (void)data;
  start (fixture, &end_funcs, "head -c 300000 /dev/zero; exit 3");
  run_to_end (fixture);
  g_assert_cmpuint (fixture->output->len, ==, 300000);
  g_assert_cmpint (fixture->end.wait_status, ==, 3 << 8);
}

static void
test_killed (Fixture *fixture, const void *data)
{
  (void)data;
  start (fixture, &end_funcs, "echo x; kill -KILL $$");
  run_to_end (fixture);
  g_assert_cmpstr (fixture->output->str, ==, "x\n");
  g_assert_true (WIFSIGNALED (fixture->end.wait_status));
  g_assert_cmpint (WTERMSIG (fixture->end.wait_status), ==, SIGKILL);
}

/* Its standard input says nothing, and does not end. */
static void
test_stdin (Fixture *fixture, const void *data)
{
  (void)data;
  start (fixture, &line_funcs, "echo up; cat; echo closed");
  while (fixture->lines->len == 0)
    (void)g_main_context_iteration (fixture->context, TRUE);
  g_assert_cmpstr (fixture->lines->str, ==, "up\n");
  g_assert_false (fixture->is_ended);
}

/* Freed while it runs, and in each of its functions. */
static void
test_free_while_running (Fixture *fixture, const void *data)
{
  (void)data;
  start (fixture, &end_funcs, "exec sleep 1000");
  g_clear_pointer (&fixture->helper, helper_free);
  g_assert_false (fixture->is_ended);
}

static void
test_free_at_line (Fixture *fixture, const void *data)
{
  (void)data;
  fixture->frees_at_line = true;
  start (fixture, &line_funcs, "echo one; echo two; exec sleep 1000");
  while (fixture->helper != NULL)
    (void)g_main_context_iteration (fixture->context, TRUE);
  g_assert_cmpstr (fixture->lines->str, ==, "one\n");
  g_assert_false (fixture->is_ended);
}

static void
test_free_at_end (Fixture *fixture, const void *data)
{
  (void)data;
  fixture->frees_at_end = true;
  start (fixture, &line_funcs, "echo one");
  run_to_end (fixture);
  g_assert_null (fixture->helper);
}

/* As the machine's reaper does: it takes any child, and is first. */
static void
test_reaped (Fixture *fixture, const void *data)
{
  fixture->knows_end = GPOINTER_TO_INT (data) != 0;
  start (fixture, &line_funcs, "echo one; exit 2");
  fixture->known_pid = waitpid (-1, &fixture->known_status, 0);
  g_assert_cmpint (fixture->known_pid, >, 0);
  run_to_end (fixture);
  g_assert_cmpstr (fixture->lines->str, ==, "one\n");
  g_assert_cmpint (fixture->end.wait_status, ==,
                   fixture->knows_end ? 2 << 8 : -1);
}

static void
test_reaped_then_freed (Fixture *fixture, const void *data)
{
  (void)data;
  start (fixture, &line_funcs, "exit 2");
  g_assert_cmpint (waitpid (-1, NULL, 0), >, 0);
  g_clear_pointer (&fixture->helper, helper_free);
}

static void
test_no_program (Fixture *fixture, const void *data)
{
  static const char *const argv[] = { "/nonexistent/program", NULL };
  static const char *const not_there[] = { "no-such-program", NULL };
  g_autoptr (GError) error = NULL;
  (void)data;

  g_assert_null (helper_new (argv, false, &end_funcs, fixture, &error));
  g_assert_cmpstr (error->message, ==,
                   "cannot execute \"/nonexistent/program\": No such file or "
                   "directory");
  g_clear_error (&error);
  g_assert_null (helper_new (not_there, false, &end_funcs, fixture, &error));
  g_assert_cmpstr (error->message, ==,
                   "cannot execute \"no-such-program\": No such file or "
                   "directory");
}

/* What can be known only when it is tried: a text without "#!". */
static void
test_bad_program (Fixture *fixture, const void *data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *dir = g_dir_make_tmp ("test-helper-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "text", NULL);
  const char *const argv[] = { path, NULL };
  (void)data;

  g_assert_true (g_file_set_contents_full (path, "text\n", -1, 0, 0700, NULL));
  fixture->helper = helper_new (argv, false, &end_funcs, fixture, &error);
  g_assert_no_error (error);
  run_to_end (fixture);
  g_assert_cmpint (fixture->end.error, ==, ENOEXEC);
  g_assert_cmpint (unlink (path), ==, 0);
  g_assert_cmpint (rmdir (dir), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, data, func)                                                  \
  g_test_add (path, Fixture, data, set_up, func, tear_down)
  ADD ("/helper/output/lines", NULL, test_lines);
  ADD ("/helper/output/whole", NULL, test_output);
  ADD ("/helper/end/killed", NULL, test_killed);
  ADD ("/helper/stdin/stays-open", NULL, test_stdin);
  ADD ("/helper/free/while-running", NULL, test_free_while_running);
  ADD ("/helper/free/at-line", NULL, test_free_at_line);
  ADD ("/helper/free/at-end", NULL, test_free_at_end);
  ADD ("/helper/reaped/known", GINT_TO_POINTER (1), test_reaped);
  ADD ("/helper/reaped/unknown", NULL, test_reaped);
  ADD ("/helper/reaped/then-freed", NULL, test_reaped_then_freed);
  ADD ("/helper/start/no-program", NULL, test_no_program);
  ADD ("/helper/start/bad-program", NULL, test_bad_program);
  return g_test_run ();
}
