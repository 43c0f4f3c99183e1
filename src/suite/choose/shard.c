#include "config.h"

#include "suite/choose/shard.h"

#include "base/syserror.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_SHARDS 1000000

/* The variables with which a system tells each of its machines which part is
 * its own. */
typedef struct
{
  const char *name;
  const char *index;
  unsigned first;
  const char *total;
  const char *least;  /* first instead: what the first part has as its index */
  const char *step;   /* from one index to the next */
  const char *most;   /* what the last part has */
  const char *notice; /* a file that is made by who knows of parts */
} System;

/* Whoever runs within another stands before it: Bazel is started by a CI
 * system, whose agents may be jobs of a cluster.  An empty variable is none. */
static const System systems[] = {
  { .name = "Bazel",
    .index = "TEST_SHARD_INDEX",
    .total = "TEST_TOTAL_SHARDS",
    .notice = "TEST_SHARD_STATUS_FILE" },
  { .name = "GitLab CI",
    .index = "CI_NODE_INDEX",
    .first = 1,
    .total = "CI_NODE_TOTAL" },
  { .name = "CircleCI",
    .index = "CIRCLE_NODE_INDEX",
    .total = "CIRCLE_NODE_TOTAL" },
  { .name = "Buildkite",
    .index = "BUILDKITE_PARALLEL_JOB",
    .total = "BUILDKITE_PARALLEL_JOB_COUNT" },
  { .name = "Slurm",
    .index = "SLURM_ARRAY_TASK_ID",
    .total = "SLURM_ARRAY_TASK_COUNT",
    .least = "SLURM_ARRAY_TASK_MIN",
    .step = "SLURM_ARRAY_TASK_STEP",
    .most = "SLURM_ARRAY_TASK_MAX" },
  { .name = "Kubernetes", .index = "JOB_COMPLETION_INDEX" },
};

static const char *
get (const char *name)
{
  const char *const value = name == NULL ? NULL : g_getenv (name);

  return value == NULL || *value == '\0' ? NULL : value;
}

static bool refuse (GError **error, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

static bool
refuse (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                       message);
  return false;
}

static bool
parse_number (const char *text, uint64_t least, uint64_t most, unsigned *number)
{
  uint64_t wide;

  if (!g_ascii_string_to_unsigned (text, 10, least, most, &wide, NULL))
    return false;
  *number = (unsigned)wide;
  return true;
}

/* --- What a system says ------------------------------------------------------
 */

static bool
read_number (const System *system, const char *name, uint64_t least,
             uint64_t most, unsigned *number, GError **error)
{
  const char *const text = get (name);

  if (text == NULL)
    return refuse (error, "%s (%s) is not set, as others of its variables are",
                   name, system->name);
  return parse_number (text, least, most, number)
         || refuse (error,
                    "%s (%s): \"%s\" is not a whole number from "
                    "%" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT,
                    name, system->name, text, least, most);
}

/* @shard->n: what the user said, or 0. */
static bool
read_total (const System *system, Shard *shard, GError **error)
{
  const unsigned wanted = shard->n;

  if (system->total == NULL)
    return wanted > 0
           || refuse (error,
                      "%s does not tell how many parts there are: say "
                      "\"env/N\"",
                      system->name);
  if (!read_number (system, system->total, 1, MAX_SHARDS, &shard->n, error))
    return false;
  return wanted == 0 || wanted == shard->n
         || refuse (error, "%s (%s) says that there are %u parts, not %u",
                    system->total, system->name, shard->n, wanted);
}

static bool
read_index (const System *system, Shard *shard, GError **error)
{
  const uint64_t last = system->first + (uint64_t)shard->n - 1;

  /* GitLab says so where a job has no parts. */
  if (shard->n == 1 && get (system->index) == NULL)
    return true;
  if (!read_number (system, system->index, system->first, last, &shard->index,
                    error))
    return false;
  shard->index -= system->first;
  return true;
}

/* Numbers with gaps: MIN, MIN + STEP, ... MAX. */
static bool
read_stepped_index (const System *system, Shard *shard, GError **error)
{
  unsigned least;
  unsigned step;
  unsigned most;
  unsigned id;

  if (!read_number (system, system->least, 0, G_MAXUINT32, &least, error)
      || !read_number (system, system->step, 1, G_MAXUINT32, &step, error)
      || !read_number (system, system->most, least, G_MAXUINT32, &most, error)
      || !read_number (system, system->index, least, most, &id, error))
    return false;
  if (most - least != (uint64_t)step * (shard->n - 1)
      || (id - least) % step != 0)
    return refuse (error,
                   "%s (%s): the numbers of the jobs are not evenly apart; "
                   "\"--array=1-%u\" would be",
                   system->index, system->name, shard->n);
  shard->index = (id - least) / step;
  return true;
}

static bool
give_notice (const System *system, GError **error)
{
  const char *const path = get (system->notice);
  if (path == NULL)
    return true;

  const int fd = open (path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
  if (fd < 0)
    {
      syserror_set (error, errno, "%s, \"%s\"", system->notice, path);
      return false;
    }
  (void)close (fd);
  return true;
}

static void
add_detail (Shard *shard, const char *name)
{
  const char *const value = get (name);
  const size_t n = strlen (shard->detail);

  if (value != NULL)
    (void)g_snprintf (shard->detail + n, sizeof shard->detail - n, "%s%s=%s",
                      n > 0 ? ", " : "", name, value);
}

static bool
read_system (const System *system, Shard *shard, GError **error)
{
  if (!read_total (system, shard, error)
      || !(system->step != NULL ? read_stepped_index
                                : read_index) (system, shard, error)
      || !give_notice (system, error))
    return false;

  shard->system = system->name;
  add_detail (shard, system->index);
  add_detail (shard, system->total);
  add_detail (shard, system->least);
  add_detail (shard, system->step);
  return true;
}

static bool
read_environment (Shard *shard, GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (unsigned i = 0; i < G_N_ELEMENTS (systems); i++)
    {
      const System *const system = &systems[i];
      if (get (system->index) != NULL || get (system->total) != NULL)
        return read_system (system, shard, error);
      g_string_append_printf (names, "%s%s (%s)", i > 0 ? ", " : "",
                              system->index, system->name);
    }
  return refuse (error,
                 "\"env\" says nothing here: none of these variables is set: "
                 "%s",
                 names->str);
}

/* --- What the user says ------------------------------------------------------
 */

bool
shard_parse (const char *text, Shard *shard, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, "/", 2);
  const unsigned n_parts = g_strv_length (parts);
  const bool has_n
      = n_parts == 2 && parse_number (parts[1], 1, MAX_SHARDS, &shard->n);

  shard->index = 0;
  shard->system = NULL;
  shard->detail[0] = '\0';
  if (!has_n)
    shard->n = 0;
  if (n_parts > 0 && strcmp (parts[0], "env") == 0 && (n_parts == 1 || has_n))
    return read_environment (shard, error);
  if (!has_n || !parse_number (parts[0], 1, shard->n, &shard->index))
    return refuse (error,
                   "\"%s\" is not a part such as 2/5 (the second of five), "
                   "nor \"env\"",
                   text);
  shard->index--;
  return true;
}
