#include "config.h"

#include "suite/worker.h"

#include "base/syserror.h"
#include "suite/host.h"
#include "suite/journal.h"
#include "suite/logdir.h"
#include "vm/vm.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* The output of children waits in its file while so much is not read by the
 * scheduler. */
#define MAX_WAITING (1024 * 1024)

typedef struct
{
  const WorkerBirth *birth;
  const Plan *plan;
  const PlanTest *test;
  uint32_t node; /* of the layer that it runs; LAYER_NONE: it is a test */
  Slot *slot;    /* NULL: it has none */
  LogDir plan_dir;
  Sender *sender; /* owned */
  GMainContext *context;
  Journal *journal; /* owned; NULL: not made */
  bool is_ending;   /* the machine has done its work */
} Worker;

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
          .progress = worker->slot != NULL ? &worker->slot->op : NULL,
          .layers = layers,
          .host = host != NULL ? &host_funcs : NULL,
          .host_data = host,
          .on_event = on_event,
          .may_tell_output = may_tell_output,
          .data = worker };

  return run_vm (worker, host, &vm_options);
}

/* A passed test leaves nothing; any other its logs.  The last line of the
 * journal is written before the verdict is told: it may be the one for which
 * there is no space. */
static Verdict
clear_up (Worker *worker, LogDir *dir, Verdict verdict)
{
  const bool has_passed
      = verdict == VERDICT_PASSED || verdict == VERDICT_SKIPPED;
  const bool stays = !has_passed || worker->birth->share->options->keep;
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

static void
run_test (Worker *worker)
{
  const char *name = worker->test->name;
  g_autofree char *wish = worker->node == LAYER_NONE
                              ? g_strdup (name)
                              : g_strconcat ("layer-", name, NULL);
  LogDir dir;
  g_autoptr (GError) error = NULL;

  if (logdir_make (&dir, &worker->plan_dir, wish, &error))
    worker->journal = journal_new (dir.fd, worker->plan, worker->test, &error);
  tell (worker, EVENT_TEST_BEGIN, 0, name);
  const Verdict verdict
      = worker->journal == NULL
            ? tell_trouble (worker, error->message)
            : clear_up (worker, &dir, run_machine (worker, &dir));
  tell (worker, EVENT_TEST_END, (int32_t)verdict, "");
  logdir_clear (&dir);
}

/* --- Life --------------------------------------------------------------------
 */

/* The guard and the scheduler ignore what was ignored for them (nohup); all
 * else was reset by the guard already. */
static void
stop_ignoring (void)
{
  static const int numbers[] = { SIGINT, SIGHUP, SIGTERM, SIGTSTP, 0 };

  for (const int *number = numbers; *number != 0; number++)
    (void)sigaction (*number, &(struct sigaction){ .sa_handler = SIG_DFL },
                     NULL);
}

/* Alone, and mortal with its parent. */
static bool
enter (Worker *worker, const WorkerBirth *birth)
{
  worker->birth = birth;
  stop_ignoring ();
  (void)setpgid (0, 0);
  (void)prctl (PR_SET_NAME, "proctor-ready");
  locks_forget (birth->share->locks);
  if (prctl (PR_SET_CHILD_SUBREAPER, 1) < 0
      || prctl (PR_SET_PDEATHSIG, SIGTERM) < 0 || getppid () != birth->parent)
    return false;
  worker->context = g_main_context_new ();
  g_main_context_push_thread_default (worker->context);
  worker->sender = sender_new (birth->channel);
  return true;
}

static int
leave_worker (Worker *worker)
{
  const bool is_told = sender_flush (worker->sender);

  journal_free (worker->journal);
  sender_free (worker->sender);
  logdir_clear (&worker->plan_dir);
  g_main_context_pop_thread_default (worker->context);
  return is_told ? 0 : 1;
}

static bool
take_job (Worker *worker, const Job *job, int plan_dir, GError **error)
{
  const WorkerShare *share = worker->birth->share;

  if (job->is_layer != 0)
    {
      const LayerNode *node = layers_get (share->layers, job->unit);
      (void)prctl (PR_SET_NAME, "proctor-host");
      worker->plan = node->plan;
      worker->test = &node->layer->unit;
      worker->node = job->unit;
    }
  else
    {
      worker->plan = share->options->tests[job->unit].plan;
      worker->test = share->options->tests[job->unit].test;
      worker->node = LAYER_NONE;
      (void)prctl (PR_SET_NAME, "proctor-worker");
    }
  worker->slot = slots_get (share->slots, job->slot);
  if (worker->slot != NULL)
    worker->slot->pid = (uint32_t)getpid ();
  return logdir_from_fd (&worker->plan_dir, plan_dir, error);
}

static int
do_job (Worker *worker, const Job *job, int plan_dir)
{
  g_autoptr (GError) error = NULL;

  if (take_job (worker, job, plan_dir, &error))
    run_test (worker);
  else
    {
      tell (worker, EVENT_TEST_BEGIN, 0, worker->test->name);
      tell (worker, EVENT_TEST_END,
            (int32_t)tell_trouble (worker, error->message), "");
    }
  return leave_worker (worker);
}

int
worker_run (const WorkerBirth *birth, const Job *job, int plan_dir)
{
  Worker worker = { .plan_dir = { .fd = -1 } };

  return enter (&worker, birth) ? do_job (&worker, job, plan_dir) : 1;
}

int
worker_run_next (const WorkerBirth *birth)
{
  Worker worker = { .plan_dir = { .fd = -1 } };
  Job job;
  JobFds fds;

  if (!enter (&worker, birth))
    return 1;
  if (!job_wait (birth->channel, &job, &fds) || job.kind != JOB_RUN)
    return leave_worker (&worker);
  return do_job (&worker, &job, fds.plan_dir);
}
