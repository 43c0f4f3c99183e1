#include "config.h"

#include "suite/worker/worker-state.h"
#include "vm/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* So many are run by one worker at most. */
#define MAX_TESTS 1000

/* --- Life --------------------------------------------------------------------
 */

/* The guard and the scheduler ignore what was ignored for them (nohup); all
 * else was reset by the guard already. */
static void
stop_ignoring (void)
{
  for (const int *number = signals_of_user; *number != 0; number++)
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
  worker->launcher = launcher_new ();
  return true;
}

static int
leave_worker (Worker *worker)
{
  const bool is_told = sender_flush (worker->sender);

  journal_free (worker->journal);
  sender_free (worker->sender);
  launcher_free (worker->launcher);
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
  return logdir_from_fd (&worker->plan_dir, plan_dir, job->plan_path, error);
}

/* The verdict of what it was. */
static Verdict
do_job (Worker *worker, const Job *job, int plan_dir)
{
  g_autoptr (GError) error = NULL;

  if (take_job (worker, job, plan_dir, &error))
    return worker_run_test (worker);

  worker_tell_trouble (worker, error->message);
  return VERDICT_ERROR;
}

/* --- One test after the other ------------------------------------------------
 *
 * A fork costs a third of what a small test does.  A worker whose test has
 * passed, and that has neither a child nor a descriptor that it did not have
 * before, is as it was: it can run another test.
 */

static int
find_free_fd (void)
{
  const int fd = fcntl (STDIN_FILENO, F_DUPFD_CLOEXEC, 0);

  if (fd >= 0)
    (void)close (fd);
  return fd;
}

static bool
is_as_before (int free_fd)
{
  siginfo_t info;

  return find_free_fd () == free_fd
         && waitid (P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0
         && errno == ECHILD;
}

static void
get_ready (Worker *worker)
{
  worker->slot = NULL;
  worker->is_ending = false;
  (void)prctl (PR_SET_NAME, "proctor-ready");
  sender_add_news (worker->sender, &(News){ .kind = NEWS_READY });
}

/* Whether it can do another, and has said so. */
static bool
do_one (Worker *worker, const Job *job, int plan_dir, int free_fd)
{
  const Verdict verdict = do_job (worker, job, plan_dir);

  logdir_clear (&worker->plan_dir);
  worker->n_tests++;
  if (job->is_layer != 0 || job->is_last != 0 || !worker_has_passed (verdict)
      || worker->n_tests == MAX_TESTS || !is_as_before (free_fd))
    return false;
  get_ready (worker);
  return true;
}

static void
do_more (Worker *worker, int free_fd)
{
  Job job;
  JobFds fds;

  while (sender_flush (worker->sender)
         && job_wait (worker->birth->channel, &job, &fds) && job.kind == JOB_RUN
         && do_one (worker, &job, fds.plan_dir, free_fd))
    ;
}

int
worker_run (const WorkerBirth *birth, const Job *job, int plan_dir)
{
  Worker worker = { .plan_dir = { .fd = -1 } };

  if (!enter (&worker, birth))
    return 1;

  /* The descriptor of its first job is there already. */
  const int free_fd = MIN (find_free_fd (), plan_dir);
  if (do_one (&worker, job, plan_dir, free_fd))
    do_more (&worker, free_fd);
  return leave_worker (&worker);
}

int
worker_run_next (const WorkerBirth *birth)
{
  Worker worker = { .plan_dir = { .fd = -1 } };

  if (!enter (&worker, birth))
    return 1;
  do_more (&worker, find_free_fd ());
  return leave_worker (&worker);
}
