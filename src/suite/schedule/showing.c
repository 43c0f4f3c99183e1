#include "config.h"

#include "suite/schedule/scheduler.h"

#include "suite/choose/order.h"
#include "vm/child/inspect.h"

#define PROGRESS_MICROSECS (100 * 1000)

/* --- What each does ----------------------------------------------------------
 */

static ReportRunning
look_at (Scheduler *scheduler, Work *work, int64_t now)
{
  const Slot *slot = slots_get (scheduler->share.slots, work->slot);
  const uint32_t op
      = slot == NULL ? PLAN_NONE : *(const volatile uint32_t *)&slot->op;
  const int64_t *usual = scheduler->share.options->usual_microsecs;

  if (op != work->op_seen || work->op_began == 0)
    work->op_began = now;
  work->op_seen = op;
  return (ReportRunning){
    .test = runner_test (work->runner),
    .op = op,
    .microsecs = now - work->op_began,
    .test_microsecs = now - work->began,
    .usual_microsecs
    = work->turn == NULL || usual == NULL
          ? -1
          : usual[work->turn->test - scheduler->share.options->tests],
  };
}

static GArray *
look_at_all (Scheduler *scheduler, int64_t now)
{
  GArray *running = g_array_new (FALSE, FALSE, sizeof (ReportRunning));

  for (guint i = 0; i < scheduler->works->len; i++)
    {
      Work *work = scheduler->works->pdata[i];
      if (!work->is_active)
        continue;
      const ReportRunning one = look_at (scheduler, work, now);
      g_array_append_val (running, one);
    }
  return running;
}

/* --- How long it will take ---------------------------------------------------
 */

static int64_t
usual_of (const Scheduler *scheduler, unsigned place)
{
  const int64_t known = scheduler->share.options->usual_microsecs[place];
  return known >= 0 ? known : scheduler->usual_microsecs;
}

/* All that is left, shared between as many workers as there may be. */
static int64_t
estimate (const Scheduler *scheduler, const GArray *running)
{
  const SuiteOptions *options = scheduler->share.options;
  int64_t sum = 0;

  if (scheduler->usual_microsecs < 0)
    return -1;
  for (unsigned i = 0; i < options->n_tests; i++)
    if (scheduler->turns[i].state == TURN_WAITING)
      sum += usual_of (scheduler, i);
  for (guint i = 0; i < running->len; i++)
    {
      const ReportRunning *one = &g_array_index (running, ReportRunning, i);
      sum += MAX (one->usual_microsecs - one->test_microsecs, 0);
    }
  return sum / MAX (options->n_jobs, MAX (scheduler->n_active, 1));
}

static ReportProgress
sum_up (const Scheduler *scheduler, const GArray *running, int64_t now)
{
  return (ReportProgress){ .running
                           = (const ReportRunning *)(void *)running->data,
                           .n_running = running->len,
                           .counts = &scheduler->counts,
                           .is_interrupted = scheduler->ended_by != NULL,
                           .microsecs = now - scheduler->began,
                           .left_microsecs = estimate (scheduler, running) };
}

static void
show (void *data)
{
  Scheduler *scheduler = data;
  const int64_t now = scheduler_now (scheduler);
  g_autoptr (GArray) running = look_at_all (scheduler, now);
  const ReportProgress progress = sum_up (scheduler, running, now);

  (void)timers_add (scheduler->timers, PROGRESS_MICROSECS, show, scheduler);
  if (scheduler->is_draining)
    return;
  for (guint i = 0; i < scheduler->reports->len; i++)
    report_progress (scheduler->reports->pdata[i], &progress);
}

void
showing_begin (Scheduler *scheduler)
{
  const SuiteOptions *options = scheduler->share.options;

  scheduler->usual_microsecs
      = options->usual_microsecs == NULL
            ? -1
            : order_median (options->usual_microsecs, options->n_tests);
  if (options->wants_progress)
    (void)timers_add (scheduler->timers, PROGRESS_MICROSECS, show, scheduler);
}

/* --- Who is doing what -------------------------------------------------------
 */

static void
append_process (GString *out, pid_t pid, unsigned depth)
{
  g_autoptr (GArray) children = g_array_new (FALSE, FALSE, sizeof (pid_t));

  inspect_append_children (pid, children);
  for (guint i = 0; i < children->len; i++)
    {
      const pid_t child = g_array_index (children, pid_t, i);
      g_string_append_printf (out, "%*s%d  ", (int)depth * 2, "", (int)child);
      inspect_append_command (child, out);
      g_string_append (out, "  (");
      inspect_append_state (child, out);
      g_string_append (out, ")\n");
      append_process (out, child, depth + 1);
    }
}

/* A layer's processes are below its host, and so are the workers in it. */
static char *
list_processes (const Scheduler *scheduler, const Work *work)
{
  const Slot *slot = slots_get (scheduler->share.slots, work->slot);
  GString *out = g_string_new (NULL);

  if (slot != NULL && slot->pid != 0)
    append_process (out, (pid_t)slot->pid, 0);
  return g_string_free (out, FALSE);
}

void
showing_tell_status (Scheduler *scheduler)
{
  const int64_t now = scheduler_now (scheduler);
  g_autoptr (GArray) running = look_at_all (scheduler, now);
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  guint at = 0;

  for (guint i = 0; i < scheduler->works->len; i++)
    {
      const Work *work = scheduler->works->pdata[i];
      if (!work->is_active)
        continue;
      g_ptr_array_add (texts, list_processes (scheduler, work));
      g_array_index (running, ReportRunning, at++).processes
          = texts->pdata[texts->len - 1];
    }
  const ReportProgress progress = sum_up (scheduler, running, now);
  for (guint i = 0; i < scheduler->reports->len; i++)
    report_status (scheduler->reports->pdata[i], &progress);
}
