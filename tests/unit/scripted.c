#include "config.h"

#include "scripted.h"

#include "suite/worker/channel.h"

#include <signal.h>
#include <unistd.h>

static void
say (Sender *sender, EventKind kind, int number, const char *text)
{
  static const PlanTest test = { .name = "t" };
  const Event event = event_of_test (kind, &test, number, text);
  sender_add (sender, &event);
}

static void
say_bytes (Sender *sender, int channel, char letter)
{
  static const uint32_t nonsense[]
      = { 4096, N_EVENTS + NEWS_SYNCED + 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };
  const uint32_t half[] = { 128, EVENT_LOG };

  g_assert_true (sender_flush (sender));
  if (letter == 'g')
    (void)!write (channel, nonsense, sizeof nonsense);
  else
    (void)!write (channel, half, sizeof half);
}

static void
note_place (const WorkerBirth *birth)
{
  Slot *slot = slots_get (birth->share->slots, 0);

  slot->op = 3;
  (void)g_strlcpy (slot->logs, "t", sizeof slot->logs);
}

static void
say_letter (Sender *sender, char letter)
{
  switch (letter)
    {
    case 'B':
      say (sender, EVENT_TEST_BEGIN, 0, "t");
      break;
    case 'L':
      say (sender, EVENT_LOG, 0, "hello");
      break;
    case 'U':
      say (sender, EVENT_UP, 0, "");
      break;
    case 'P':
      say (sender, EVENT_TEST_END, VERDICT_PASSED, "");
      break;
    case 'F':
      say (sender, EVENT_TEST_END, VERDICT_FAILED, "");
      break;
    case 'O':
      sender_add_news (sender, &(News){ .kind = NEWS_OVER });
      break;
    case 'R':
      sender_add_news (sender, &(News){ .kind = NEWS_READY });
      break;
    case 'E':
      sender_add_news (sender, &(News){ .kind = NEWS_ENDED, .runner = 2 });
      break;
    case 'S':
      sender_add_news (sender, &(News){ .kind = NEWS_SYNCED, .runner = 2 });
      break;
    default:
      g_assert_not_reached ();
    }
}

/* The status to end with; -1: it goes on. */
static int
do_letter (Sender *sender, const WorkerBirth *birth, char letter)
{
  Job job;
  JobFds fds;

  switch (letter)
    {
    case 'j':
      (void)sender_flush (sender);
      return job_wait (birth->channel, &job, &fds) ? -1 : 0;
    case '0':
    case '3':
      (void)sender_flush (sender);
      return letter - '0';
    case 'k':
      (void)sender_flush (sender);
      return raise (SIGKILL);
    case 'w':
      (void)sender_flush (sender);
      for (;;)
        (void)pause ();
    case 's':
      note_place (birth);
      return -1;
    case 'g':
    case 'h':
      say_bytes (sender, birth->channel, letter);
      return -1;
    default:
      say_letter (sender, letter);
      return -1;
    }
}

/* The linker takes this one. */
/* The tests park their workers first. */
int
worker_run (const WorkerBirth *birth, const Job *job, int plan_dir)
{
  (void)birth;
  (void)job;
  (void)plan_dir;
  g_assert_not_reached ();
}

int
worker_run_next (const WorkerBirth *birth)
{
  Sender *sender = sender_new (birth->channel);
  int status = -1;

  for (const char *at = ((const Scripted *)birth->share)->script; status < 0;
       at++)
    status = do_letter (sender, birth, *at);
  _exit (status);
}
