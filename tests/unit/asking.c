#include "config.h"

#include "asking.h"

#include "vm/await/connecting.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

void
asking_set_up (Asking *asking, const void *data)
{
  const char *builddir = g_getenv ("top_builddir");
  (void)data;

  asking->context = g_main_context_new ();
  g_main_context_push_thread_default (asking->context);
  asking->timers = timers_new ();
  asking->watches = watches_new ();
  g_autofree char *dir = g_dir_make_tmp ("test-endpoint-XXXXXX", NULL);
  g_assert_nonnull (dir);
  asking->dir = realpath (dir, NULL);
  asking->probe = g_build_filename (builddir != NULL ? builddir : ".", "src",
                                    "proctor-probe", NULL);
}

static void
end_endpoint (Asking *asking)
{
  g_clear_pointer (&asking->endpoint, endpoint_free);
  target_clear (&asking->target);
}

void
asking_tear_down (Asking *asking, const void *data)
{
  (void)data;
  end_endpoint (asking);
  g_assert_cmpint (g_rmdir (asking->dir), ==, 0);
  free (asking->dir);
  g_free (asking->probe);
  watches_free (asking->watches);
  timers_free (asking->timers);
  g_main_context_pop_thread_default (asking->context);
  g_main_context_unref (asking->context);
}

static void
do_nothing (void *data)
{
  (void)data;
}

void
asking_begin (Asking *asking, const char *format, ...)
{
  const EndpointHost host = { .watches = asking->watches,
                              .cwd = asking->dir,
                              .probe = asking->probe,
                              .limit_microsecs = 60 * G_USEC_PER_SEC,
                              .connect_microsecs = CONNECTING_MICROSECS,
                              .on_change = do_nothing };
  g_autofree char *wrong = NULL;
  g_autofree char *note = NULL;
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  end_endpoint (asking);
  g_assert_true (target_parse (text, &asking->target, &wrong, &note));
  asking->endpoint = endpoint_new (&asking->target, &host);
}

const EndpointAnswer *
asking_until (Asking *asking, bool is_there, const char *expected)
{
  for (;;)
    {
      const EndpointAnswer *answer = endpoint_ask (asking->endpoint);
      if (answer->is_hopeless)
        g_error ("%s", answer->text);
      if (answer->is_there == is_there
          && (expected == NULL || strcmp (answer->text, expected) == 0))
        return answer;

      const uint64_t timer
          = answer->again_microsecs > 0 ? timers_add (
                asking->timers, answer->again_microsecs, do_nothing, NULL)
                                        : 0;
      (void)g_main_context_iteration (asking->context, TRUE);
      timers_remove (asking->timers, timer);
    }
}

void
asking_expect (Asking *asking, bool is_there, const char *text)
{
  const EndpointAnswer *answer = endpoint_ask (asking->endpoint);

  g_assert_cmpstr (answer->text, ==, text);
  g_assert_cmpint (answer->is_there, ==, is_there);
  g_assert_false (answer->is_unknown);
}

void
asking_expect_unknown (Asking *asking, const char *text)
{
  const EndpointAnswer *answer = endpoint_ask (asking->endpoint);

  g_assert_cmpstr (answer->text, ==, text);
  g_assert_true (answer->is_unknown);
  g_assert_false (answer->is_there);
}

void
asking_expect_told (Asking *asking, bool is_told)
{
  g_assert_cmpint (endpoint_ask (asking->endpoint)->again_microsecs == 0, ==,
                   is_told);
}

bool
asking_has_probe (const Asking *asking)
{
  if (access (asking->probe, X_OK) == 0)
    return true;
  g_test_skip ("there is no src/proctor-probe: set top_builddir");
  return false;
}

static void
deny_netlink (void)
{
  static struct sock_filter filter[] = {
    BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, nr)),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3),
    BPF_STMT (BPF_LD | BPF_W | BPF_ABS,
              offsetof (struct seccomp_data, args[0])),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, AF_NETLINK, 0, 1),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const struct sock_fprog program
      = { .len = G_N_ELEMENTS (filter), .filter = filter };

  g_assert_cmpint (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), ==, 0);
  g_assert_cmpint (prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), ==,
                   0);
  g_assert_cmpint (socket (AF_NETLINK, SOCK_RAW, 0), ==, -1);
}

void
asking_run_without_netlink (void (*func) (void *data), void *data)
{
  int wait_status;
  const pid_t pid = fork ();

  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    {
      deny_netlink ();
      func (data);
      _exit (0);
    }
  g_assert_cmpint (waitpid (pid, &wait_status, 0), ==, pid);
  g_assert_cmpint (wait_status, ==, 0);
}
