#include "config.h"

#include "vm/child/descendants.h"

#include "base/units.h"
#include "vm/child/inspect.h"
#include "vm/child/reaper.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NANOSECS_PER_SEC      1000000000
#define NANOSECS_PER_MICROSEC 1000

/* How often the stopping may find new ones before they are killed anyway. */
#define MAX_ROUNDS 50

/* Between two rounds of a sweep, where no signal tells of an end. */
#define ROUND_MICROSECS 10000

/* One that is there, but hidden in /proc (hidepid, proc(5)): its number alone
 * is known, from its parent. */
static bool
is_hidden (pid_t pid)
{
  return kill (pid, 0) == 0 || errno == EPERM;
}

static void
append_children (pid_t parent, DescendantFilter *filter, void *data,
                 GArray *descendants)
{
  g_autoptr (GArray) children = g_array_new (FALSE, FALSE, sizeof (pid_t));

  inspect_append_children (parent, children);
  for (guint i = 0; i < children->len; i++)
    {
      const pid_t pid = g_array_index (children, pid_t, i);
      InspectStat stat = { .parent = parent, .state = '?' };
      if ((filter == NULL || filter (pid, data))
          && (inspect_stat (pid, &stat) || is_hidden (pid)))
        {
          const Descendant descendant = { .pid = pid,
                                          .parent = stat.parent,
                                          .state = stat.state,
                                          .is_dead = inspect_is_dead (&stat),
                                          .start_ticks = stat.start_ticks };
          g_array_append_val (descendants, descendant);
        }
    }
}

static GArray *
find_below (pid_t pid, DescendantFilter *filter, void *data)
{
  GArray *descendants = g_array_new (FALSE, FALSE, sizeof (Descendant));

  append_children (pid, filter, data, descendants);
  for (guint i = 0; i < descendants->len; i++)
    append_children (g_array_index (descendants, Descendant, i).pid, NULL, NULL,
                     descendants);
  return descendants;
}

GArray *
descendants_find (DescendantFilter *filter, void *data)
{
  return find_below (getpid (), filter, data);
}

GArray *
descendants_find_below (pid_t pid)
{
  return find_below (pid, NULL, NULL);
}

void
descendants_signal (const GArray *descendants, int number)
{
  /* One that has ended meanwhile refuses, and one of another user may. */
  for (guint i = 0; i < descendants->len; i++)
    (void)kill (g_array_index (descendants, Descendant, i).pid, number);
}

static guint
count_moving (const GArray *descendants)
{
  guint n_moving = 0;

  for (guint i = 0; i < descendants->len; i++)
    {
      const Descendant *descendant
          = &g_array_index (descendants, Descendant, i);
      n_moving += !descendant->is_dead && descendant->state != 'T'
                  && descendant->state != 't';
    }
  return n_moving;
}

void
descendants_kill (DescendantFilter *filter, void *data)
{
  /* A stop is not immediate, so the first look after one may find the same
   * processes still moving; those that would not be stopped are not waited
   * for. */
  guint n_before = 0;
  for (int round = 0; round < MAX_ROUNDS; round++)
    {
      g_autoptr (GArray) found = descendants_find (filter, data);
      if (round > 0 && found->len == n_before && count_moving (found) == 0)
        break;
      n_before = found->len;
      descendants_signal (found, SIGSTOP);
    }

  g_autoptr (GArray) found = descendants_find (filter, data);
  descendants_signal (found, SIGKILL);
}

/* --- What would not die ---------------------------------------------------
 */

#define MAX_ABANDONED 64

/* Written once each, by any level, and then only read. */
typedef struct
{
  _Atomic pid_t pid; /* 0: not there yet */
  _Atomic uint64_t start_ticks;
} AbandonedOne;

struct Abandoned
{
  _Atomic unsigned n;
  AbandonedOne all[MAX_ABANDONED];
};

Abandoned *
abandoned_new (void)
{
  void *shared = mmap (NULL, sizeof (Abandoned), PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

  return shared != MAP_FAILED ? shared : NULL;
}

void
abandoned_free (Abandoned *abandoned)
{
  if (abandoned != NULL)
    (void)munmap (abandoned, sizeof *abandoned);
}

bool
abandoned_is_empty (const Abandoned *abandoned)
{
  return abandoned == NULL || atomic_load (&abandoned->n) == 0;
}

void
abandoned_add (Abandoned *abandoned, const GArray *descendants)
{
  for (guint i = 0; abandoned != NULL && i < descendants->len; i++)
    {
      const Descendant *one = &g_array_index (descendants, Descendant, i);
      const unsigned place = atomic_fetch_add (&abandoned->n, 1);
      if (place >= MAX_ABANDONED)
        return;
      atomic_store (&abandoned->all[place].start_ticks, one->start_ticks);
      atomic_store (&abandoned->all[place].pid, one->pid);
    }
}

static bool
is_abandoned (const Abandoned *abandoned, const Descendant *descendant)
{
  const unsigned n = MIN (atomic_load (&abandoned->n), MAX_ABANDONED);

  for (unsigned i = 0; i < n; i++)
    if (atomic_load (&abandoned->all[i].pid) == descendant->pid
        && atomic_load (&abandoned->all[i].start_ticks)
               == descendant->start_ticks)
      return true;
  return false;
}

bool
abandoned_drop (const Abandoned *abandoned, GArray *descendants)
{
  const guint n_before = descendants->len;

  for (guint i = n_before; abandoned != NULL && i-- > 0;)
    if (is_abandoned (abandoned, &g_array_index (descendants, Descendant, i)))
      g_array_remove_index (descendants, i);
  return descendants->len < n_before;
}

/* --- Sweeping -------------------------------------------------------------
 */

/* Reaps those of the list that are ours. */
static void
reap (const GArray *descendants)
{
  for (guint i = 0; i < descendants->len; i++)
    (void)waitpid (g_array_index (descendants, Descendant, i).pid, NULL,
                   WNOHANG | __WALL);
}

bool
descendants_sweep (DescendantFilter *filter, void *data, int64_t microsecs,
                   Abandoned *abandoned)
{
  const int64_t deadline = g_get_monotonic_time () + microsecs;

  if (!reaper_has_children ())
    return true;
  for (;;)
    {
      g_autoptr (GArray) found = descendants_find (filter, data);
      const bool is_any_abandoned = abandoned_drop (abandoned, found);
      if (found->len == 0)
        return !is_any_abandoned;
      if (g_get_monotonic_time () > deadline)
        {
          abandoned_add (abandoned, found);
          return false;
        }

      descendants_kill (filter, data);
      reap (found);

      /* Woken by the next end where SIGCHLD is blocked, as it is below the
       * guard; bounded everywhere. */
      sigset_t ends;
      const struct timespec round
          = { .tv_nsec = ROUND_MICROSECS * NANOSECS_PER_MICROSEC };
      (void)sigemptyset (&ends);
      (void)sigaddset (&ends, SIGCHLD);
      (void)sigtimedwait (&ends, NULL, &round);
    }
}

bool
descendant_is_alive (const Descendant *descendant)
{
  InspectStat stat;

  return inspect_stat (descendant->pid, &stat)
         && stat.start_ticks == descendant->start_ticks
         && !inspect_is_dead (&stat);
}

int64_t
descendant_age (const Descendant *descendant)
{
  struct timespec now;
  const int64_t ticks_per_sec = sysconf (_SC_CLK_TCK);

  if (clock_gettime (CLOCK_BOOTTIME, &now) < 0)
    return 0;
  return (int64_t)now.tv_sec * G_USEC_PER_SEC
         + now.tv_nsec / NANOSECS_PER_MICROSEC
         - (int64_t)descendant->start_ticks * G_USEC_PER_SEC / ticks_per_sec;
}

void
descendant_append (const Descendant *descendant, GString *out)
{
  /* Whole tenths of a second: the kernel's ticks are no finer. */
  const int64_t tenth = G_USEC_PER_SEC / 10;
  const int64_t age = MAX (descendant_age (descendant), 0) / tenth * tenth;

  inspect_append_command (descendant->pid, out);
  if (descendant->start_ticks == 0)
    {
      g_string_append (out, " (hidden in /proc)");
      return;
    }
  g_string_append_printf (out, " (%s, child of %d, for ",
                          inspect_state_name (descendant->state),
                          (int)descendant->parent);
  duration_append (out, age);
  g_string_append_c (out, ')');
}
