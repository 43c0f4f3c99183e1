#include "config.h"

#include "suite/schedule/scheduler.h"

/* Reports flow to whoever reads them.  One who reads slowly is waited for: the
 * workers are not heard meanwhile, and wait for us in their turn, when they
 * have something to tell.  One who does not read at all is waited for until
 * somebody wants the run to end. */

/* So much is kept for a reader; below the other one the workers are heard
 * again. */
#define MAX_KEPT         (1024 * 1024)
#define LOW_KEPT         (256 * 1024)
#define MAX_KEPT_TO_STOP (64 * 1024 * 1024)

/* One who reads nothing for so long, when all is to end, does not read. */
#define PATIENCE_MICROSECS (2 * G_USEC_PER_SEC)
#define LOOK_MICROSECS     (100 * 1000)

static Writer *
find_writer (const Scheduler *scheduler, int fd)
{
  for (guint i = 0; i < scheduler->writers->len; i++)
    if (writer_is_for (scheduler->writers->pdata[i], fd))
      return scheduler->writers->pdata[i];
  return NULL;
}

static size_t
count_kept (const Scheduler *scheduler)
{
  size_t n = 0;

  for (guint i = 0; i < scheduler->writers->len; i++)
    n += writer_n_waiting (scheduler->writers->pdata[i]);
  return n;
}

static void
set_full (Scheduler *scheduler, bool is_full)
{
  scheduler->is_full = is_full;
  for (guint i = 0; i < scheduler->works->len; i++)
    runner_pause (((const Work *)scheduler->works->pdata[i])->runner, is_full);
  if (!is_full)
    scheduler_go_on (scheduler);
}

static void
on_patience (void *data)
{
  Scheduler *scheduler = data;
  const int64_t now = g_get_monotonic_time ();

  scheduler->patience_timer = 0;
  for (guint i = 0; i < scheduler->writers->len; i++)
    {
      Writer *writer = scheduler->writers->pdata[i];
      const int64_t since
          = MAX (writer_waits_since (writer), scheduler->hurried_at);
      if (writer_n_waiting (writer) > 0 && now - since > PATIENCE_MICROSECS)
        writer_give_up (writer);
    }
  flowing_look (scheduler);
}

/* It matters that nobody reads when all is to end, and cannot before. */
static void
hurry (Scheduler *scheduler)
{
  if (scheduler->patience_timer != 0)
    return;
  if (scheduler->hurried_at == 0)
    scheduler->hurried_at = g_get_monotonic_time ();
  scheduler->patience_timer
      = timers_add (scheduler->timers, LOOK_MICROSECS, on_patience, scheduler);
}

void
flowing_look (Scheduler *scheduler)
{
  const size_t n_kept = count_kept (scheduler);

  if (scheduler->timers == NULL)
    return; /* nothing is heard yet */
  /* Workers that wait for us cannot stop (^Z): then they are heard. */
  const size_t room = scheduler->n_stopping > 0 ? MAX_KEPT_TO_STOP : 0;
  if (!scheduler->is_full && n_kept > MAX (MAX_KEPT, room))
    set_full (scheduler, true);
  else if (scheduler->is_full && n_kept < MAX (LOW_KEPT, room))
    set_full (scheduler, false);
  if (scheduler->ended_by != NULL && n_kept > 0
      && (scheduler->is_full || scheduler->is_draining))
    hurry (scheduler);
  else
    scheduler->hurried_at = 0;
}

static void
on_written (void *data)
{
  flowing_look (data);
}

void
flowing_init (Scheduler *scheduler)
{
  scheduler->writers
      = g_ptr_array_new_with_free_func ((GDestroyNotify)writer_free);
  for (guint i = 0; i < scheduler->reports->len; i++)
    {
      Report *report = scheduler->reports->pdata[i];
      const int fd = report_innermost (report)->fd;
      Writer *writer = find_writer (scheduler, fd);
      if (writer == NULL)
        {
          writer = writer_new (fd, on_written, scheduler);
          g_ptr_array_add (scheduler->writers, writer);
        }
      report_set_writer (report, writer);
    }
}

void
flowing_attach (Scheduler *scheduler)
{
  for (guint i = 0; i < scheduler->writers->len; i++)
    writer_attach (scheduler->writers->pdata[i]);
}

void
flowing_drain (Scheduler *scheduler)
{
  scheduler->is_draining = true;
  while (count_kept (scheduler) > 0)
    {
      flowing_look (scheduler);
      (void)g_main_context_iteration (scheduler->context, TRUE);
    }
}

bool
flowing_is_whole (const Scheduler *scheduler)
{
  for (guint i = 0; i < scheduler->reports->len; i++)
    if (report_errno (scheduler->reports->pdata[i]) != 0)
      return false;
  return true;
}

void
flowing_clear (Scheduler *scheduler)
{
  for (guint i = 0; i < scheduler->reports->len; i++)
    report_set_writer (scheduler->reports->pdata[i], NULL);
  g_ptr_array_unref (scheduler->writers);
}
