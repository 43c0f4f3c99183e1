#include "config.h"

#include "suite/worker/journal.h"

#include "base/signame.h"
#include "base/syserror.h"
#include "base/visible.h"
#include "base/write.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

struct Journal
{
  GSource source;
  const Plan *plan;
  const PlanTest *test;
  int fd; /* owned */
  int64_t began;
  int write_errno; /* of the first write that failed */
  GString *out;    /* owned */
};

int
journal_flush (Journal *journal)
{
  if (journal->write_errno == 0)
    journal->write_errno
        = write_all (journal->fd, journal->out->str, journal->out->len);
  g_string_truncate (journal->out, 0);
  return journal->write_errno;
}

static gboolean
journal_prepare (GSource *source, gint *timeout)
{
  Journal *journal = (Journal *)source;

  *timeout = -1;
  if (journal->out->len > 0)
    (void)journal_flush (journal);
  return FALSE;
}

static gboolean
journal_dispatch (GSource *source, GSourceFunc callback, void *data)
{
  (void)source;
  (void)callback;
  (void)data;
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs journal_funcs
    = { .prepare = journal_prepare, .dispatch = journal_dispatch };

Journal *
journal_new (int dir, const Plan *plan, const PlanTest *test, GError **error)
{
  const int fd = openat (
      dir, "journal",
      O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0)
    {
      syserror_set (error, errno, "cannot make the journal");
      return NULL;
    }

  Journal *journal = (Journal *)g_source_new (&journal_funcs, sizeof (Journal));
  journal->fd = fd;
  journal->plan = plan;
  journal->test = test;
  journal->began = g_get_monotonic_time ();
  journal->out = g_string_new (NULL);
  g_source_attach (&journal->source, g_main_context_get_thread_default ());
  return journal;
}

void
journal_free (Journal *journal)
{
  if (journal == NULL)
    return;
  (void)close (journal->fd);
  (void)g_string_free (journal->out, TRUE);
  g_source_destroy (&journal->source);
  g_source_unref (&journal->source);
}

/* printf() would cost more than all else here. */
static void
append_number (GString *out, uint64_t number, unsigned n_digits)
{
  char digits[20];
  size_t at = sizeof digits;

  for (; number > 0 || sizeof digits - at < n_digits; number /= 10)
    digits[--at] = (char)('0' + number % 10);
  g_string_append_len (out, digits + at, (gssize)(sizeof digits - at));
}

static void
append_field (GString *out, const char *name, int64_t value)
{
  g_string_append_c (out, ' ');
  g_string_append (out, name);
  g_string_append_c (out, '=');
  if (value < 0)
    g_string_append_c (out, '-');
  append_number (out, (uint64_t)(value < 0 ? -value : value), 1);
}

static void
append_status (GString *out, int status)
{
  char buffer[SIGNAL_NAME_SIZE];

  if (WIFEXITED (status))
    append_field (out, "status", WEXITSTATUS (status));
  else
    {
      g_string_append (out, " status=");
      g_string_append (out, signal_name (WTERMSIG (status), buffer));
    }
}

static void
append_named (GString *out, const char *name, const char *value)
{
  g_string_append_c (out, ' ');
  g_string_append (out, name);
  g_string_append_c (out, '=');
  visible_append_quoted (out, value, strlen (value));
}

static void
append_place (Journal *journal, SrcSpan span)
{
  const Source *source = sources_find (journal->plan->sources, span.begin);
  if (source == NULL)
    return;

  append_named (journal->out, "at", source->name);
  g_string_append_c (journal->out, ':');
  append_number (journal->out, source_line (source, span.begin).line, 1);
}

void
journal_add (Journal *journal, const Event *event)
{
  const unsigned fields = event_fields (event->kind);
  const uint64_t age = (uint64_t)MAX (event->microsecs - journal->began, 0);
  GString *out = journal->out;
  char buffer[SIGNAL_NAME_SIZE];

  g_string_append_c (out, '+');
  append_number (out, age / G_USEC_PER_SEC, 1);
  g_string_append_c (out, '.');
  append_number (out, age % G_USEC_PER_SEC, 6);
  g_string_append_c (out, ' ');
  g_string_append (out, event_name (event->kind));
  if ((fields & EVENT_HAS_OP) != 0 && event->op != PLAN_NONE)
    append_field (out, "op", (int64_t)event->op - journal->test->first_op + 1);
  if ((fields & EVENT_HAS_PROCESS) != 0 && event->process != PLAN_NONE)
    append_named (out, "process",
                  journal->test->processes[event->process].name);
  if ((fields & EVENT_HAS_PID) != 0)
    append_field (out, "pid", event->pid);
  if ((fields & EVENT_HAS_STREAM) != 0)
    append_named (out, "stream",
                  event->number == STDERR_FILENO ? "stderr" : "stdout");
  if ((fields & EVENT_HAS_STATUS) != 0)
    append_status (out, event->number);
  if ((fields & EVENT_HAS_SIGNAL) != 0)
    append_named (out, "signal", signal_name (event->number, buffer));
  if ((fields & EVENT_HAS_FAILURE) != 0)
    append_named (out, "failure", failure_name ((Failure)event->number));
  if ((fields & EVENT_HAS_VERDICT) != 0)
    append_named (out, "verdict", verdict_name ((Verdict)event->number));
  if ((fields & EVENT_HAS_SPAN) != 0)
    append_place (journal, event->span);
  if ((fields & EVENT_HAS_STREAM) != 0)
    append_field (out, "bytes", (int64_t)event->n_text); /* the log has them */
  else if ((fields & EVENT_HAS_TEXT) != 0 && event->n_text > 0)
    {
      g_string_append_c (out, ' ');
      visible_append (out, event->text, event->n_text);
    }
  g_string_append_c (out, '\n');
}
