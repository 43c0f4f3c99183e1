#include "config.h"

#include "vm/check/measure.h"

#include "base/syserror.h"
#include "base/units.h"
#include "vm/child/inspect.h"

#include <dirent.h>
#include <errno.h>
#include <time.h>

#define MICROSECS_PER_SEC     1000000
#define NANOSECS_PER_MICROSEC 1000

typedef enum
{
  UNIT_SIZE,
  UNIT_DURATION,
  UNIT_COUNT
} Unit;

static const struct
{
  const char *name;
  Unit unit;
} measures[N_MEASURES] = {
#define MEASURE(NAME, name, text, unit, help)                                  \
  [MEASURE_##NAME] = { text, UNIT_##unit },
#include "plan/measures.def"
#undef MEASURE
};

bool
measure_outlives (PlanMeasure measure)
{
  return measure == MEASURE_RSS || measure == MEASURE_CPU;
}

/* --- Taking --------------------------------------------------------------- */

static bool
refuse (int number, GError **error)
{
  syserror_set_reason (error, number);
  return false;
}

/* All its threads' time to the microsecond, the children's in ticks. */
static bool
take_cpu (pid_t pid, uint64_t *value, GError **error)
{
  clockid_t clock;
  struct timespec time;
  InspectStat stat;
  const int number = clock_getcpuclockid (pid, &clock);

  if (number != 0)
    return refuse (number, error);
  if (clock_gettime (clock, &time) < 0)
    return refuse (errno, error);
  if (!inspect_stat (pid, &stat))
    return refuse (ESRCH, error);
  *value = (uint64_t)time.tv_sec * MICROSECS_PER_SEC
           + (uint64_t)time.tv_nsec / NANOSECS_PER_MICROSEC
           + (uint64_t)stat.waited_microsecs;
  return true;
}

static bool
take_descriptors (pid_t pid, uint64_t *value, GError **error)
{
  g_autofree char *path = inspect_path (pid, "fd");
  DIR *descriptors = opendir (path);
  if (descriptors == NULL)
    return refuse (errno, error);

  *value = 0;
  for (struct dirent *entry; (entry = readdir (descriptors)) != NULL;)
    *value += entry->d_name[0] != '.';
  (void)closedir (descriptors);
  return true;
}

static bool
take_threads (pid_t pid, uint64_t *value, GError **error)
{
  InspectStat stat;

  if (!inspect_stat (pid, &stat))
    return refuse (ESRCH, error);
  *value = stat.n_threads;
  return true;
}

static uint64_t
count_children (pid_t pid)
{
  g_autoptr (GArray) children = g_array_new (FALSE, FALSE, sizeof (pid_t));

  inspect_append_children (pid, children);
  return children->len;
}

bool
measure_take (const Proc *proc, PlanMeasure measure, uint64_t *value,
              GError **error)
{
  const bool has_ended = proc->state == PROC_ENDED;

  g_assert (!has_ended || measure_outlives (measure));
  switch (measure)
    {
    case MEASURE_RSS:
      *value = proc->max_rss;
      return has_ended || inspect_rss (proc->pid, value)
             || refuse (ESRCH, error);
    case MEASURE_CPU:
      *value = (uint64_t)proc->cpu_microsecs;
      return has_ended || take_cpu (proc->pid, value, error);
    case MEASURE_THREADS:
      return take_threads (proc->pid, value, error);
    case MEASURE_FDS:
      return take_descriptors (proc->pid, value, error);
    case MEASURE_CHILDREN:
      *value = count_children (proc->pid);
      return true;
    case N_MEASURES:
      break;
    }
  g_assert_not_reached ();
}

uint64_t
measure_own_rss (void)
{
  struct rusage usage;

  return getrusage (RUSAGE_SELF, &usage) == 0 ? (uint64_t)usage.ru_maxrss * 1024
                                              : 0;
}

/* --- Reading and showing ---------------------------------------------------
 */

bool
measure_parse (PlanMeasure measure, const char *text, uint64_t *value)
{
  int64_t microsecs;

  switch (measures[measure].unit)
    {
    case UNIT_SIZE:
      return size_parse (text, value);
    case UNIT_DURATION:
      if (!duration_parse (text, &microsecs))
        return false;
      *value = (uint64_t)microsecs;
      return true;
    case UNIT_COUNT:
      return g_ascii_string_to_unsigned (text, 10, 0, INT64_MAX, value, NULL);
    }
  g_assert_not_reached ();
}

const char *
measure_unit (PlanMeasure measure)
{
  static const char *const units[]
      = { [UNIT_SIZE] = "a size, as 64K or 512M",
          [UNIT_DURATION] = "a duration, as 250ms or 2s",
          [UNIT_COUNT] = "a number" };
  return units[measures[measure].unit];
}

const char *
measure_name (PlanMeasure measure)
{
  return measures[measure].name;
}

static void
append_count (GString *out, uint64_t value, const char *one, const char *many)
{
  g_string_append_printf (out, "has %" G_GUINT64_FORMAT " %s", value,
                          value == 1 ? one : many);
}

void
measure_append (GString *out, PlanMeasure measure, bool has_ended,
                uint64_t value)
{
  switch (measure)
    {
    case MEASURE_RSS:
      g_string_append (out, has_ended ? "used " : "uses ");
      size_append (out, value);
      g_string_append (out,
                       has_ended ? " of memory at the most" : " of memory");
      return;
    case MEASURE_CPU:
      g_string_append (out, has_ended ? "used " : "has used ");
      duration_append (out, (int64_t)value);
      g_string_append (out, " of processor time");
      return;
    case MEASURE_THREADS:
      append_count (out, value, "thread", "threads");
      return;
    case MEASURE_FDS:
      append_count (out, value, "open descriptor", "open descriptors");
      return;
    case MEASURE_CHILDREN:
      append_count (out, value, "child", "children");
      return;
    case N_MEASURES:
      break;
    }
  g_assert_not_reached ();
}
