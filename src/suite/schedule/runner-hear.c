#include "config.h"

#include "suite/schedule/runner-state.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

/* On the stack: memory that is got and given back for each read costs more than
 * the read. */
#define READ_BYTES (16 * 1024)

/* A worker writes a record as fast as it is read.  Nothing comes of one that
 * has begun with nonsense: what is behind that is never understood, its end
 * neither.  Twice, since all may have been stopped meanwhile. */
#define STALL_MICROSECS (5 * G_USEC_PER_SEC)
#define MAX_STALLS      2

void
runner_tell (Runner *runner, const Event *event)
{
  runner->has_begun = runner->has_begun || event->kind == EVENT_TEST_BEGIN;
  if (event->kind != EVENT_TEST_END)
    {
      runner->funcs->on_event (runner, event, runner->data);
      return;
    }
  runner->has_ended = true;
  runner->verdict = (Verdict)event->number;
}

static void
check_end (Runner *runner)
{
  if (!runner->is_closed || !runner->is_reaped)
    return;
  if (runner->test != NULL && !runner->has_ended)
    runner_tell_lost (runner);
  runner->funcs->on_end (runner, runner->data);
}

static void
end_nonsense (Runner *runner)
{
  if (runner->is_nonsense)
    return;
  runner->is_nonsense = true;
  runner_signal (runner, SIGKILL);
}

static bool
may_tell (const Runner *runner, NewsKind kind)
{
  switch (kind)
    {
    case NEWS_OVER:
      return runner->test->layer == NULL && !runner->has_ended;
    case NEWS_READY:
      return runner->test->layer == NULL && runner->has_ended;
    default:
      return runner->test->layer != NULL;
    }
}

/* The first record; whether there is more to take. */
static bool
take_record (Runner *runner, size_t *offset)
{
  const ReportTest *test = runner->test;
  Event event;
  News news;

  switch (
      channel_parse (test->plan, test->test, runner->in, offset, &event, &news))
    {
    case RECEIVED_EVENT:
      if (runner->has_ended)
        break;
      runner_tell (runner, &event);
      return true;
    case RECEIVED_NEWS:
      if (may_tell (runner, news.kind))
        {
          runner->funcs->on_news (runner, &news, runner->data);
          return news.kind != NEWS_READY; /* it says nothing more */
        }
      break;
    case RECEIVED_NOTHING:
      return false;
    case RECEIVED_NONSENSE:
      break;
    }
  end_nonsense (runner);
  return false;
}

static void
take_records (Runner *runner)
{
  size_t offset = 0;

  while (take_record (runner, &offset))
    ;
  (void)g_string_erase (runner->in, 0, (gssize)offset);
}

/* Reads once; false when there is nothing more to read now. */
static bool
read_some (Runner *runner)
{
  char bytes[READ_BYTES];
  const ssize_t n = read (runner->fd, bytes, sizeof bytes);

  if (n > 0 && runner->test == NULL)
    end_nonsense (runner); /* it was asked nothing */
  else if (n > 0 && !runner->is_nonsense)
    {
      g_string_append_len (runner->in, bytes, n);
      take_records (runner);
    }
  runner->is_closed = n == 0;
  return n > 0 || (n < 0 && errno == EINTR);
}

void
runner_watch_part (Runner *runner, bool has_come)
{
  const bool is_part = runner->in->len > 0 && !runner->is_nonsense;

  if (!is_part && !runner->is_part)
    return;
  runner->n_stalls = has_come || !is_part ? 0 : runner->n_stalls + 1;
  runner->is_part = is_part && runner->n_stalls < MAX_STALLS;
  g_source_set_ready_time (&runner->source,
                           runner->is_part && !runner->is_paused
                               ? g_get_monotonic_time () + STALL_MICROSECS
                               : -1);
  if (is_part && !runner->is_part)
    end_nonsense (runner);
}

static gboolean
runner_dispatch (GSource *source, GSourceFunc callback, void *data)
{
  Runner *runner = (Runner *)source;
  (void)callback;
  (void)data;

  runner_watch_part (runner, read_some (runner));
  if (!runner->is_closed)
    return G_SOURCE_CONTINUE;
  check_end (runner);
  return G_SOURCE_REMOVE;
}

GSourceFuncs runner_source_funcs = { .dispatch = runner_dispatch };

/* --- Its end
 * ------------------------------------------------------------------------ */

static void
be_reaped (Runner *runner)
{
  runner->is_reaped = true;

  /* It says no more.  A child of its that has not come to its exec may still
   * hold the other end: an end of file may not come for long. */
  while (!runner->is_closed && read_some (runner))
    ;
  runner->is_closed = true;
  g_source_destroy (&runner->source);
  check_end (runner);
}

void
runner_set_ended (Runner *runner, int wait_status)
{
  runner->wait_status = wait_status;
  be_reaped (runner);
}

void
runner_set_lost (Runner *runner, const char *reason)
{
  if (runner->lost == NULL)
    runner->lost = g_strdup (reason);
  be_reaped (runner);
}

Verdict
runner_verdict (const Runner *runner)
{
  return runner->verdict;
}
