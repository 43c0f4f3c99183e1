#include "config.h"

#include "suite/choose/shard.h"

#include "sample.h"

#include <glib/gstdio.h>
#include <string.h>

#define N_TESTS 40

static const char *const variables[] = {
  "TEST_SHARD_INDEX",
  "TEST_TOTAL_SHARDS",
  "TEST_SHARD_STATUS_FILE",
  "CI_NODE_INDEX",
  "CI_NODE_TOTAL",
  "CIRCLE_NODE_INDEX",
  "CIRCLE_NODE_TOTAL",
  "BUILDKITE_PARALLEL_JOB",
  "BUILDKITE_PARALLEL_JOB_COUNT",
  "SLURM_ARRAY_TASK_ID",
  "SLURM_ARRAY_TASK_MIN",
  "SLURM_ARRAY_TASK_MAX",
  "SLURM_ARRAY_TASK_STEP",
  "SLURM_ARRAY_TASK_COUNT",
  "JOB_COMPLETION_INDEX",
};

/* Whatever system runs us. */
static void
clear_environment (void)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (variables); i++)
    g_unsetenv (variables[i]);
}

/* --- Which part --------------------------------------------------------------
 */

typedef struct
{
  const char *path;
  const char *environment; /* "A=1 B=2" */
  const char *text;
  const char *expected; /* "INDEX/N SYSTEM (DETAIL)", or the message */
} Case;

static const Case cases[] = {
  { "/shard/said/first", "", "1/1", "0/1 -" },
  { "/shard/said/last", "CI_NODE_INDEX=1", "5/5", "4/5 -" },
  { "/shard/said/many", "", "1000000/1000000", "999999/1000000 -" },
  { "/shard/env/gitlab", "CI_NODE_INDEX=2 CI_NODE_TOTAL=5", "env",
    "1/5 GitLab CI (CI_NODE_INDEX=2, CI_NODE_TOTAL=5)" },
  { "/shard/env/gitlab/without-parts", "CI_NODE_TOTAL=1", "env",
    "0/1 GitLab CI (CI_NODE_TOTAL=1)" },
  { "/shard/env/gitlab/said-too", "CI_NODE_INDEX=2 CI_NODE_TOTAL=5", "env/5",
    "1/5 GitLab CI (CI_NODE_INDEX=2, CI_NODE_TOTAL=5)" },
  { "/shard/env/circle", "CIRCLE_NODE_INDEX=0 CIRCLE_NODE_TOTAL=5", "env",
    "0/5 CircleCI (CIRCLE_NODE_INDEX=0, CIRCLE_NODE_TOTAL=5)" },
  { "/shard/env/buildkite",
    "BUILDKITE_PARALLEL_JOB=4 BUILDKITE_PARALLEL_JOB_COUNT=5", "env",
    "4/5 Buildkite (BUILDKITE_PARALLEL_JOB=4, "
    "BUILDKITE_PARALLEL_JOB_COUNT=5)" },
  { "/shard/env/bazel", "TEST_SHARD_INDEX=4 TEST_TOTAL_SHARDS=5", "env",
    "4/5 Bazel (TEST_SHARD_INDEX=4, TEST_TOTAL_SHARDS=5)" },
  { "/shard/env/bazel/within-another",
    "TEST_SHARD_INDEX=0 TEST_TOTAL_SHARDS=3 CI_NODE_INDEX=2 CI_NODE_TOTAL=5",
    "env", "0/3 Bazel (TEST_SHARD_INDEX=0, TEST_TOTAL_SHARDS=3)" },
  { "/shard/env/slurm",
    "SLURM_ARRAY_TASK_ID=5 SLURM_ARRAY_TASK_COUNT=4 SLURM_ARRAY_TASK_MIN=1 "
    "SLURM_ARRAY_TASK_MAX=7 SLURM_ARRAY_TASK_STEP=2",
    "env",
    "2/4 Slurm (SLURM_ARRAY_TASK_ID=5, SLURM_ARRAY_TASK_COUNT=4, "
    "SLURM_ARRAY_TASK_MIN=1, SLURM_ARRAY_TASK_STEP=2)" },
  { "/shard/env/kubernetes", "JOB_COMPLETION_INDEX=3", "env/4",
    "3/4 Kubernetes (JOB_COMPLETION_INDEX=3)" },
  { "/shard/env/empty-is-unset",
    "CI_NODE_INDEX= CI_NODE_TOTAL= JOB_COMPLETION_INDEX=0", "env/2",
    "0/2 Kubernetes (JOB_COMPLETION_INDEX=0)" },

  { "/shard/bad/none", "", "env",
    "\"env\" says nothing here: none of these variables is set: "
    "TEST_SHARD_INDEX (Bazel), CI_NODE_INDEX (GitLab CI), CIRCLE_NODE_INDEX "
    "(CircleCI), BUILDKITE_PARALLEL_JOB (Buildkite), SLURM_ARRAY_TASK_ID "
    "(Slurm), JOB_COMPLETION_INDEX (Kubernetes)" },
  { "/shard/bad/no-total", "CI_NODE_INDEX=2", "env",
    "CI_NODE_TOTAL (GitLab CI) is not set, as others of its variables are" },
  { "/shard/bad/no-index", "CIRCLE_NODE_TOTAL=2", "env",
    "CIRCLE_NODE_INDEX (CircleCI) is not set, as others of its variables "
    "are" },
  { "/shard/bad/index-from-one", "CI_NODE_INDEX=0 CI_NODE_TOTAL=5", "env",
    "CI_NODE_INDEX (GitLab CI): \"0\" is not a whole number from 1 to 5" },
  { "/shard/bad/index-from-zero", "CIRCLE_NODE_INDEX=5 CIRCLE_NODE_TOTAL=5",
    "env",
    "CIRCLE_NODE_INDEX (CircleCI): \"5\" is not a whole number from 0 to 4" },
  { "/shard/bad/total", "CI_NODE_INDEX=1 CI_NODE_TOTAL=x", "env",
    "CI_NODE_TOTAL (GitLab CI): \"x\" is not a whole number from 1 to "
    "1000000" },
  { "/shard/bad/said-otherwise", "CI_NODE_INDEX=1 CI_NODE_TOTAL=4", "env/5",
    "CI_NODE_TOTAL (GitLab CI) says that there are 4 parts, not 5" },
  { "/shard/bad/untold", "JOB_COMPLETION_INDEX=1", "env",
    "Kubernetes does not tell how many parts there are: say \"env/N\"" },
  { "/shard/bad/uneven",
    "SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_MIN=1 "
    "SLURM_ARRAY_TASK_MAX=7 SLURM_ARRAY_TASK_STEP=1",
    "env",
    "SLURM_ARRAY_TASK_ID (Slurm): the numbers of the jobs are not evenly "
    "apart; \"--array=1-3\" would be" },
  { "/shard/bad/notice",
    "TEST_SHARD_INDEX=4 TEST_TOTAL_SHARDS=5 TEST_SHARD_STATUS_FILE=/no/x",
    "env", "TEST_SHARD_STATUS_FILE, \"/no/x\": No such file or directory" },
};

static void
set_environment (const char *environment)
{
  g_auto (GStrv) settings = g_strsplit (environment, " ", 0);

  clear_environment ();
  for (unsigned i = 0; settings[i] != NULL; i++)
    {
      char *const value = strchr (settings[i], '=');
      *value = '\0';
      g_setenv (settings[i], value + 1, TRUE);
    }
}

static void
test_case (const void *data)
{
  const Case *const c = data;
  g_autoptr (GError) error = NULL;
  Shard shard;

  set_environment (c->environment);
  if (!shard_parse (c->text, &shard, &error))
    {
      g_assert_cmpstr (error->message, ==, c->expected);
      return;
    }
  g_autofree char *text
      = g_strdup_printf ("%u/%u %s%s%s%s", shard.index, shard.n,
                         shard.system == NULL ? "-" : shard.system,
                         shard.detail[0] == '\0' ? "" : " (", shard.detail,
                         shard.detail[0] == '\0' ? "" : ")");
  g_assert_cmpstr (text, ==, c->expected);
}

static void
test_bad (void)
{
  static const char *const bad[]
      = { "",      "/",     "1",    "1/",        "/2",
          "0/2",   "3/2",   "-1/2", "1/0",       "1/2/3",
          "1 /2",  "x/2",   "1/x",  "1.5/2",     "env/",
          "env/0", "env/x", "ENV",  "1/1000001", "99999999999999999999/2" };

  set_environment ("CI_NODE_INDEX=1 CI_NODE_TOTAL=2");
  for (unsigned i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *expected = g_strdup_printf (
          "\"%s\" is not a part such as 2/5 (the second of five), nor \"env\"",
          bad[i]);
      Shard shard;

      g_assert_false (shard_parse (bad[i], &shard, &error));
      g_assert_cmpstr (error->message, ==, expected);
    }
}

static void
test_notice (void)
{
  g_autofree char *dir = g_dir_make_tmp ("shard-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "status", NULL);
  Shard shard;

  set_environment ("TEST_SHARD_INDEX=1 TEST_TOTAL_SHARDS=2");
  g_setenv ("TEST_SHARD_STATUS_FILE", path, TRUE);
  g_assert_true (shard_parse ("1/2", &shard, NULL));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_true (shard_parse ("env", &shard, NULL));
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_rmdir (dir), ==, 0);
}

/* --- Its tests ---------------------------------------------------------------
 */

typedef struct
{
  Sources *sources;
  Plan *plan;
} Fixture;

static void
set_up (Fixture *fixture, const void *data)
{
  const char *names[N_TESTS + 1] = { NULL };

  (void)data;
  fixture->sources = sources_new ();
  g_autoptr (GPtrArray) made = g_ptr_array_new_with_free_func (g_free);
  for (unsigned i = 0; i < N_TESTS; i++)
    {
      names[i] = g_strdup_printf ("t%u", i);
      g_ptr_array_add (made, (char *)names[i]);
    }
  fixture->plan = sample_plan (fixture->sources, "a.plan", names);
  for (unsigned i = 0; i < N_TESTS; i++)
    fixture->plan->tests[i].name
        = arena_strndup (fixture->plan->arena, names[i], strlen (names[i]));
}

static void
tear_down (Fixture *fixture, const void *data)
{
  (void)data;
  plan_free (fixture->plan);
  sources_free (fixture->sources);
}

/* The first @n_tests tests, cut. */
static GArray *
cut (Fixture *fixture, unsigned n_tests, Shard shard, bool by_time,
     const int64_t *usual)
{
  GArray *tests = g_array_new (FALSE, FALSE, sizeof (ReportTest));

  for (unsigned i = 0; i < n_tests; i++)
    {
      const ReportTest test
          = { .plan = fixture->plan, .test = &fixture->plan->tests[i] };
      g_array_append_val (tests, test);
    }
  shard_cut (tests, &shard, by_time, usual);
  for (guint i = 0; i < tests->len; i++)
    g_assert_cmpuint (g_array_index (tests, ReportTest, i).number, ==, i + 1);
  return tests;
}

static void
assert_cut (Fixture *fixture, unsigned n_tests, Shard shard, bool by_time,
            const int64_t *usual, const char *expected)
{
  g_autoptr (GArray) tests = cut (fixture, n_tests, shard, by_time, usual);
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 0; i < tests->len; i++)
    g_string_append_printf (out, "%s%s", i > 0 ? " " : "",
                            g_array_index (tests, ReportTest, i).test->name);
  g_assert_cmpstr (out->str, ==, expected);
}

/* Every test is in exactly one part; by time, no part is larger than it must
 * be. */
static void
check_parts (Fixture *fixture, unsigned n, bool by_time)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  for (unsigned i = 0; i < n; i++)
    {
      const Shard shard = { .index = i, .n = n };
      g_autoptr (GArray) mine = cut (fixture, N_TESTS, shard, by_time, NULL);

      for (guint t = 0; t < mine->len; t++)
        g_assert_true (g_hash_table_add (
            seen, (void *)g_array_index (mine, ReportTest, t).test));
      if (by_time)
        g_assert_cmpuint (mine->len, <=, (N_TESTS + n - 1) / n);
    }
  g_assert_cmpuint (g_hash_table_size (seen), ==, N_TESTS);
}

static void
test_each_once (Fixture *fixture, const void *data)
{
  (void)data;
  for (unsigned n = 1; n < 2 * N_TESTS; n++)
    {
      check_parts (fixture, n, false);
      check_parts (fixture, n, true);
    }
}

/* Written down: the same on every machine, and ever after. */
static void
test_hash (Fixture *fixture, const void *data)
{
  (void)data;
  assert_cut (fixture, 12, (Shard){ .index = 0, .n = 3 }, false, NULL,
              "t0 t3 t7 t11");
  assert_cut (fixture, 12, (Shard){ .index = 1, .n = 3 }, false, NULL,
              "t2 t4 t5 t8 t9 t10");
  assert_cut (fixture, 12, (Shard){ .index = 2, .n = 3 }, false, NULL, "t1 t6");
}

static void
test_time (Fixture *fixture, const void *data)
{
  /* t3 has the median, 4. */
  static const int64_t usual[] = { 2, 9, 4, -1, 5, 1 };

  (void)data;
  assert_cut (fixture, 6, (Shard){ .index = 0, .n = 2 }, true, usual, "t1 t3");
  assert_cut (fixture, 6, (Shard){ .index = 1, .n = 2 }, true, usual,
              "t0 t2 t4 t5");
  assert_cut (fixture, 2, (Shard){ .index = 2, .n = 3 }, true, usual, "");
  assert_cut (fixture, 0, (Shard){ .index = 0, .n = 3 }, true, usual, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], test_case);
  g_test_add_func ("/shard/bad/texts", test_bad);
  g_test_add_func ("/shard/env/bazel/notice", test_notice);
  g_test_add ("/shard/cut/each-once", Fixture, NULL, set_up, test_each_once,
              tear_down);
  g_test_add ("/shard/cut/hash", Fixture, NULL, set_up, test_hash, tear_down);
  g_test_add ("/shard/cut/time", Fixture, NULL, set_up, test_time, tear_down);
  return g_test_run ();
}
