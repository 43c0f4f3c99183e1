#include "config.h"

#include "suite/worker/host.h"

#include "base/loop.h"
#include "base/syserror.h"
#include "suite/leave.h"
#include "vm/child/inspect.h"
#include "vm/timer.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct
{
  pid_t pid;
  uint32_t runner;
} HostWorker;

/* A worker that could not be forked yet. */
typedef struct
{
  Job job;
  JobFds fds;    /* owned */
  int64_t until; /* so long is it tried */
} Refused;

struct Host
{
  const WorkerShare *share;
  const Host *outer;
  uint32_t node;
  int channel;
  Sender *sender;
  Vm *vm;
  GSource *jobs;          /* owned */
  GArray *workers;        /* owned: of HostWorker, those that are not reaped */
  GArray *news;           /* owned: of News, told when all is settled */
  GArray *stops;          /* owned: of News, told when all signals were heard */
  GArray *refused;        /* owned: of Refused */
  Timers *timers;         /* owned; NULL: none was refused yet */
  uint64_t refused_timer; /* when they are tried again; 0: there are none */
  bool keeps_logs;        /* of its layer */
  bool is_down;           /* its layer is not wanted any more */
  bool has_stray;         /* a worker has not ended as it should */
};

typedef struct
{
  GSource source;
  Host *host;
} JobSource;

static HostWorker *
find_by_pid (const Host *host, pid_t pid)
{
  for (guint i = 0; i < host->workers->len; i++)
    {
      HostWorker *worker = &g_array_index (host->workers, HostWorker, i);
      if (worker->pid == pid)
        return worker;
    }
  return NULL;
}

/* --- Jobs ------------------------------------------------------------------
 */

static void
close_fds (const JobFds *fds)
{
  (void)close (fds->channel);
  (void)close (fds->plan_dir);
}

/* Those of others: who waits for their end would never hear of it. */
static void
forget_refused (const Host *host, int own_channel)
{
  for (guint i = 0; i < host->refused->len; i++)
    {
      const JobFds *fds = &g_array_index (host->refused, Refused, i).fds;
      if (fds->channel != own_channel)
        close_fds (fds);
    }
}

/* In the new process: what is above is only memory. */
static int
run_below (const Host *host, const Job *job, const JobFds *fds, pid_t parent)
{
  const WorkerBirth birth = { .share = host->share,
                              .outer = host,
                              .channel = fds->channel,
                              .parent = parent };

  for (const Host *at = host; at != NULL; at = at->outer)
    {
      vm_forget_in_child (at->vm);
      (void)close (at->channel);
      forget_refused (at, fds->channel);
    }
  return worker_run (&birth, job, fds->plan_dir);
}

static void
tell_not_started (const Host *host, const Job *job, int number)
{
  sender_add_news (host->sender, &(News){ .kind = NEWS_NOT_STARTED,
                                          .runner = job->runner,
                                          .number = number });
}

/* False: there is no process for it now, but may be in a moment. */
static bool
try_to_run (Host *host, const Refused *refused)
{
  const pid_t parent = getpid ();
  const pid_t pid = fork ();
  const int number = errno;

  if (pid == 0)
    leave (run_below (host, &refused->job, &refused->fds, parent));
  if (pid < 0 && (number == EAGAIN || number == ENOMEM)
      && g_get_monotonic_time () < refused->until)
    return false;
  if (pid < 0)
    tell_not_started (host, &refused->job, number);
  else
    {
      const HostWorker worker = { .pid = pid, .runner = refused->job.runner };
      g_array_append_val (host->workers, worker);
    }
  close_fds (&refused->fds);
  return true;
}

static void on_refused_time (void *data);

static void
try_again_later (Host *host)
{
  if (host->timers == NULL)
    host->timers = timers_new ();
  if (host->refused_timer == 0)
    host->refused_timer = timers_add (host->timers, SYSERROR_AGAIN_MICROSECS,
                                      on_refused_time, host);
}

static void
on_refused_time (void *data)
{
  Host *host = data;

  host->refused_timer = 0;
  for (guint i = 0; i < host->refused->len;)
    if (try_to_run (host, &g_array_index (host->refused, Refused, i)))
      g_array_remove_index (host->refused, i);
    else
      i++;
  if (host->refused->len > 0)
    try_again_later (host);
  else
    vm_look_again (host->vm);
}

static void
run (Host *host, const Job *job, const JobFds *fds)
{
  const Refused refused
      = { .job = *job,
          .fds = *fds,
          .until = g_get_monotonic_time () + SYSERROR_PATIENCE_MICROSECS };

  if (try_to_run (host, &refused))
    return;
  g_array_append_val (host->refused, refused);
  try_again_later (host);
}

/* What was not begun needs no signal to end. */
static void
end_refused (Host *host, uint32_t runner)
{
  for (guint i = 0; i < host->refused->len; i++)
    {
      const Refused *refused = &g_array_index (host->refused, Refused, i);
      if (refused->job.runner != runner)
        continue;
      tell_not_started (host, &refused->job, EAGAIN);
      close_fds (&refused->fds);
      g_array_remove_index (host->refused, i);
      return;
    }
}

/* It is not reaped.  None is woken that has not been stopped: it may be about
 * to stop itself, at its end, to be looked at (LeakSanitizer). */
static void
send_signal (pid_t pid, int number)
{
  if (number != SIGCONT || inspect_is_stopped (pid))
    (void)kill (pid, number);
}

static void
pass_signal (Host *host, const Job *job)
{
  if (job->number == SIGTERM || job->number == SIGINT)
    end_refused (host, job->runner);
  for (guint i = 0; i < host->workers->len; i++)
    {
      const HostWorker *worker = &g_array_index (host->workers, HostWorker, i);
      if (worker->runner == job->runner)
        send_signal (worker->pid, job->number);
    }
}

static void
do_job (Host *host, const Job *job, const JobFds *fds)
{
  switch ((JobKind)job->kind)
    {
    case JOB_RUN:
      run (host, job, fds);
      break;
    case JOB_SIGNAL:
      pass_signal (host, job);
      break;
    case JOB_SYNC:
      vm_collect_now (host->vm);
      sender_add_news (host->sender,
                       &(News){ .kind = NEWS_SYNCED, .runner = job->runner });
      break;
    case JOB_DOWN:
      host->is_down = true;
      host->keeps_logs = job->number != 0;
      vm_look_again (host->vm);
      break;
    }
}

static gboolean
on_jobs (GSource *source, GSourceFunc callback, void *data)
{
  Host *host = ((JobSource *)source)->host;
  Job job;
  JobFds fds;
  int n;
  (void)callback;
  (void)data;

  while ((n = job_receive (host->channel, &job, &fds)) > 0)
    do_job (host, &job, &fds);
  if (n == 0)
    return G_SOURCE_CONTINUE;

  /* Nobody is there to want it. */
  host->is_down = true;
  vm_interrupt (host->vm, true);
  return G_SOURCE_REMOVE;
}

static void
tell_news (Host *host, GArray *news)
{
  for (guint i = 0; i < news->len; i++)
    sender_add_news (host->sender, &g_array_index (news, News, i));
  g_array_set_size (news, 0);
}

/* Another turn of the loop, in which the sender writes it. */
static gboolean
jobs_prepare (GSource *source, gint *timeout)
{
  Host *host = ((JobSource *)source)->host;
  const bool is_any = host->stops->len > 0;

  *timeout = -1;
  tell_news (host, host->stops);
  return is_any;
}

static GSourceFuncs job_funcs
    = { .prepare = jobs_prepare, .dispatch = on_jobs };

/* --- What the machine asks and tells ----------------------------------------
 */

static void
on_up (void *data)
{
  (void)data; /* its event says so */
}

static bool
is_wanted (void *data)
{
  return !((const Host *)data)->is_down;
}

static bool
is_free (void *data)
{
  const Host *host = data;
  return host->workers->len == 0 && host->refused->len == 0;
}

static bool
is_worker (pid_t pid, void *data)
{
  return find_by_pid (data, pid) != NULL;
}

/* One that was killed may have left something, which fell to us. */
static void
on_worker_end (pid_t pid, int wait_status, void *data)
{
  Host *host = data;
  const HostWorker *worker = find_by_pid (host, pid);
  const News news
      = { .kind = NEWS_ENDED, .runner = worker->runner, .number = wait_status };

  g_array_append_val (host->news, news);
  host->has_stray = host->has_stray || wait_status != 0;
  (void)g_array_remove_index_fast (
      host->workers,
      (guint)(worker - &g_array_index (host->workers, HostWorker, 0)));
}

static void
on_settled (void *data)
{
  Host *host = data;

  if (host->news->len == 0)
    return;
  if (host->has_stray)
    vm_sweep_strangers (host->vm);
  else if (host->workers->len == 0)
    vm_note_orphans (host->vm);
  host->has_stray = false;
  tell_news (host, host->news);
  vm_look_again (host->vm);
}

/* One that was stopped, but not by us: we do that in on_stop(), where it goes
 * on before we hear of it.  One that is traced is the tracer's. */
static void
on_children (void *data)
{
  const Host *host = data;

  for (guint i = 0; i < host->workers->len; i++)
    {
      const HostWorker *worker = &g_array_index (host->workers, HostWorker, i);
      siginfo_t info = { .si_pid = 0 };
      if (waitid (P_PID, (id_t)worker->pid, &info, WSTOPPED | WNOHANG) != 0
          || info.si_pid == 0 || !inspect_is_stopped (worker->pid))
        continue;
      (void)kill (worker->pid, SIGCONT);
      const News news = { .kind = NEWS_STOPPED,
                          .runner = worker->runner,
                          .number = info.si_status };
      g_array_append_val (host->stops, news);
    }
}

/* Somebody has stopped us with them, and no test is to blame. */
static void
on_continued (void *data)
{
  const Host *host = data;

  g_array_set_size (host->stops, 0);
}

/* All stands still here anyway until it has, or has ended. */
static void
wait_until_stopped (pid_t pid)
{
  siginfo_t info;

  while (waitid (P_PID, (id_t)pid, &info, WSTOPPED | WEXITED | WNOWAIT) < 0
         && errno == EINTR)
    ;
}

static void
on_stop (void *data)
{
  const Host *host = data;

  for (guint i = 0; i < host->workers->len; i++)
    (void)kill (g_array_index (host->workers, HostWorker, i).pid, SIGTSTP);
  for (guint i = 0; i < host->workers->len; i++)
    wait_until_stopped (g_array_index (host->workers, HostWorker, i).pid);
}

static void
on_continue (void *data)
{
  const Host *host = data;

  for (guint i = 0; i < host->workers->len; i++)
    (void)kill (g_array_index (host->workers, HostWorker, i).pid, SIGCONT);
}

const VmHost host_funcs = { .on_up = on_up,
                            .is_wanted = is_wanted,
                            .is_free = is_free,
                            .is_worker = is_worker,
                            .on_worker_end = on_worker_end,
                            .on_children = on_children,
                            .on_continued = on_continued,
                            .on_settled = on_settled,
                            .on_stop = on_stop,
                            .on_continue = on_continue };

/* --- Life ------------------------------------------------------------------
 */

Host *
host_new (const WorkerShare *share, const Host *outer, uint32_t node,
          int channel, Sender *sender)
{
  Host *host = g_new0 (Host, 1);

  host->share = share;
  host->outer = outer;
  host->node = node;
  host->channel = channel;
  host->sender = sender;
  host->workers = g_array_new (FALSE, FALSE, sizeof (HostWorker));
  host->news = g_array_new (FALSE, FALSE, sizeof (News));
  host->stops = g_array_new (FALSE, FALSE, sizeof (News));
  host->refused = g_array_new (FALSE, FALSE, sizeof (Refused));
  return host;
}

/* Jobs come behind the machine's signals in the loop. */
void
host_set_vm (Host *host, Vm *vm)
{
  host->vm = vm;
  host->jobs = g_source_new (&job_funcs, sizeof (JobSource));
  ((JobSource *)host->jobs)->host = host;
  loop_keep_quiet (host->jobs);
  (void)g_source_add_unix_fd (host->jobs, host->channel,
                              G_IO_IN | G_IO_HUP | G_IO_ERR);
  g_source_attach (host->jobs, g_main_context_get_thread_default ());
}

void
host_free (Host *host)
{
  if (host == NULL)
    return;
  if (host->jobs != NULL)
    {
      g_source_destroy (host->jobs);
      g_source_unref (host->jobs);
    }
  timers_free (host->timers);
  for (guint i = 0; i < host->refused->len; i++)
    close_fds (&g_array_index (host->refused, Refused, i).fds);
  g_array_unref (host->refused);
  g_array_unref (host->workers);
  g_array_unref (host->news);
  g_array_unref (host->stops);
  g_free (host);
}

Vm *
host_find_vm (const Host *host, uint32_t node)
{
  while (host != NULL && host->node != node)
    host = host->outer;
  return host == NULL ? NULL : host->vm;
}

bool
host_keeps_logs (const Host *host)
{
  return host->keeps_logs;
}
