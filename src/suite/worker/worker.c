#include "config.h"

#include "suite/worker/worker.h"

#include "base/syserror.h"
#include "suite/worker/host.h"
#include "suite/worker/worker-state.h"
#include "vm/vm.h"

#include <string.h>
#include <unistd.h>

/* The output of children waits in its file while so much is not read by the
 * scheduler. */
#define MAX_WAITING (1024 * 1024)

static void
on_event (const Event *event, void *data)
{
  Worker *worker = data;

  if ((event_fields (event->kind) & EVENT_IS_DETAIL) == 0
      || worker->birth->share->options->wants_ops)
    sender_add (worker->sender, event);
  if (worker->journal != NULL)
    journal_add (worker->journal, event);
  if (worker->is_ending && sender_n_waiting (worker->sender) > MAX_WAITING)
    (void)sender_flush (worker->sender);
}

static bool
may_tell_output (void *data)
{
  const Worker *worker = data;
  return sender_n_waiting (worker->sender) < MAX_WAITING;
}

static void
tell (Worker *worker, EventKind kind, int32_t number, const char *text)
{
  const Event event = event_of_test (kind, worker->test, number, text);
  on_event (&event, worker);
}

static Verdict
tell_trouble (Worker *worker, const char *text)
{
  tell (worker, EVENT_FAILED, FAILURE_TROUBLE, text);
  return VERDICT_ERROR;
}

/* --- The machine ------------------------------------------------------------
 */

/* Those of the test's layers, in its order; NULL: it has none. */
static Vm **
find_layers (const Worker *worker)
{
  const PlanTest *test = worker->test;
  Vm **vms = g_new0 (Vm *, test->n_layers);

  for (uint32_t i = 0; i < test->n_layers; i++)
    {
      const uint32_t node = layers_find (worker->birth->share->layers,
                                         worker->plan, test->layers[i]);
      vms[i] = host_find_vm (worker->birth->outer, node);
      g_assert (vms[i] != NULL);
    }
  return vms;
}

static Verdict
run_vm (Worker *worker, Host *host, const VmOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Vm) vm = vm_new (worker->plan, worker->test, options, &error);

  if (vm == NULL)
    return tell_trouble (worker, error->message);
  if (host != NULL)
    host_set_vm (host, vm);
  (void)vm_run (vm);
  vm_await_kills (vm);
  worker->is_ending = true;
  vm_tell_output (vm);
  return vm_verify_logs (vm);
}

static Verdict
run_machine (Worker *worker, const LogDir *dir)
{
  const WorkerShare *share = worker->birth->share;
  const SuiteOptions *options = share->options;
  g_autofree Vm **layers = find_layers (worker);
  g_autoptr (Host) host
      = worker->node == LAYER_NONE
            ? NULL
            : host_new (share, worker->birth->outer, worker->node,
                        worker->birth->channel, worker->sender);
  const VmOptions vm_options
      = { .log_dir = dir->fd,
          .log_path = dir->path,
          .inherited_stdin = share->inherited_stdin,
          .timeout_multiplier = options->timeout_multiplier,
          .update = options->update,
          .wants_ops = options->wants_ops,
          .wants_output = options->wants_output,
          .ports = share->ports,
          .abandoned = share->abandoned,
          .launcher = worker->launcher,
          .progress = worker->slot != NULL ? &worker->slot->op : NULL,
          .sign = worker->slot != NULL ? &worker->slot->sign : NULL,
          .layers = layers,
          .host = host != NULL ? &host_funcs : NULL,
          .host_data = host,
          .on_event = on_event,
          .may_tell_output = may_tell_output,
          .data = worker };

  const Verdict verdict = run_vm (worker, host, &vm_options);

  worker->keeps_logs = host != NULL && host_keeps_logs (host);
  return verdict;
}

bool
worker_has_passed (Verdict verdict)
{
  return verdict == VERDICT_PASSED || verdict == VERDICT_SKIPPED;
}

/* A passed test leaves nothing; any other its logs.  The last line of the
 * journal is written before the verdict is told: it may be the one for which
 * there is no space. */
static Verdict
clear_up (Worker *worker, LogDir *dir, Verdict verdict)
{
  const bool stays = !worker_has_passed (verdict) || worker->keeps_logs
                     || worker->birth->share->options->keep;
  g_autoptr (GError) error = NULL;

  if (stays)
    tell (worker, EVENT_LOGS, 0, dir->path);
  const Event end
      = event_of_test (EVENT_TEST_END, worker->test, (int32_t)verdict, "");
  journal_add (worker->journal, &end);
  const int trouble = journal_flush (worker->journal);
  g_clear_pointer (&worker->journal, journal_free);
  if (trouble != 0)
    {
      syserror_set (&error, trouble, "cannot write the journal in \"%s\"",
                    dir->path);
      return tell_trouble (worker, error->message);
    }
  if (!stays && !logdir_remove (dir, &worker->plan_dir, &error))
    return tell_trouble (worker, error->message);
  return verdict;
}

/* The next test may begin.  Of one in a layer its host first has to look
 * whether the layer is still whole. */
static void
tell_over (const Worker *worker, Verdict verdict)
{
  if (worker->birth->outer != NULL || worker->node != LAYER_NONE
      || !worker_has_passed (verdict))
    return;
  sender_add_news (worker->sender, &(News){ .kind = NEWS_OVER });
  (void)sender_flush (worker->sender);
}

static Verdict
run_and_clear_up (Worker *worker, LogDir *dir)
{
  const Verdict verdict = run_machine (worker, dir);

  tell_over (worker, verdict);
  return clear_up (worker, dir, verdict);
}

Verdict
worker_run_test (Worker *worker)
{
  const char *name = worker->test->name;
  g_autofree char *wish = worker->node == LAYER_NONE
                              ? g_strdup (name)
                              : g_strconcat ("layer-", name, NULL);
  LogDir dir;
  g_autoptr (GError) error = NULL;

  if (logdir_make (&dir, &worker->plan_dir, wish, &error))
    worker->journal = journal_new (dir.fd, worker->plan, worker->test, &error);
  if (worker->journal != NULL && worker->slot != NULL)
    (void)g_strlcpy (worker->slot->logs, dir.name, sizeof worker->slot->logs);
  tell (worker, EVENT_TEST_BEGIN, 0, name);
  const Verdict verdict = worker->journal == NULL
                              ? tell_trouble (worker, error->message)
                              : run_and_clear_up (worker, &dir);
  tell (worker, EVENT_TEST_END, (int32_t)verdict, "");
  logdir_clear (&dir);
  return verdict;
}

void
worker_tell_trouble (Worker *worker, const char *text)
{
  tell (worker, EVENT_TEST_BEGIN, 0, worker->test->name);
  tell (worker, EVENT_TEST_END, (int32_t)tell_trouble (worker, text), "");
}
