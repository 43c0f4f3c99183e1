#include "config.h"

#include "telling.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static void
set_up (Telling *telling, const void *data)
{
  static const char *const names[] = { "one", "two", NULL };

  (void)data;
  telling_init (telling);
  telling_add_plan (telling, "a.plan", names);
  telling_begin (telling, json_report_new (telling->fd));
}

/* Without what the clock says, and with single quotes. */
static void
assert_line (Telling *telling, const char *expected)
{
  g_autofree char *text = telling_take (telling);
  g_autoptr (GRegex) times = g_regex_new ("\"time\":[-0-9.e]+,", 0, 0, NULL);
  g_autofree char *shown
      = g_regex_replace_literal (times, text, -1, 0, "", 0, NULL);

  g_assert_cmpstr (g_strdelimit (shown, "\"", '\''), ==, expected);
}

static void
test_run (Telling *telling, const void *data)
{
  const ReportCounts counts = { .n_tests = 2,
                                .n_verdicts = { 1, [VERDICT_NOT_RUN] = 1 },
                                .n_layers_failed = 1,
                                .microsecs = 1500000 };
  g_autofree char *first = telling_take (telling);

  (void)data;
  g_assert_true (g_regex_match_simple (
      "^{'event':'run-begin','format':1,'proctor':'[^']+','started':"
      "'\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z','tests':2}\n$",
      g_strdelimit (first, "\"", '\''), 0, 0));
  telling_end (telling, &counts);
  assert_line (telling, "{'event':'run-end','seconds':1.5,'tests':2,"
                        "'verdicts':{'passed':1,'skipped':0,'flaky':0,"
                        "'failed':0,'error':0,'interrupted':0,'not run':1},"
                        "'layers_failed':1}\n");
}

static void
test_processes (Telling *telling, const void *data)
{
  (void)data;
  g_free (telling_take (telling));
  tell (telling, 1, EVENT_OP, 0, "");
  tell (telling, 1, EVENT_ENDED, 3 << 8, "exited with 3");
  tell (telling, 1, EVENT_ENDED, SIGSEGV | 0x80, "died");
  tell (telling, 1, EVENT_SIGNALLED, SIGTERM, "");
  tell (telling, 1, EVENT_OUTPUT, STDOUT_FILENO, "not told");
  tell (telling, 1, EVENT_TAIL, STDERR_FILENO, "last\n");
  assert_line (
      telling,
      "{'event':'op','test':'a.plan:two','number':2,"
      "'op':{'text':'wait echo 0 within 20s','number':4,'of':4,"
      "'at':{'file':'a.plan','line':2,'column':5}}}\n"
      "{'event':'ended','test':'a.plan:two','number':2,'process':'echo',"
      "'pid':4711,'status':{'exited':3},'text':'exited with 3'}\n"
      "{'event':'ended','test':'a.plan:two','number':2,'process':'echo',"
      "'pid':4711,'status':{'signal':'SIGSEGV','core':true},"
      "'text':'died'}\n"
      "{'event':'signalled','test':'a.plan:two','number':2,"
      "'process':'echo','pid':4711,'signal':'SIGTERM',"
      "'op':{'text':'wait echo 0 within 20s','number':4,'of':4,"
      "'at':{'file':'a.plan','line':2,'column':5}}}\n"
      "{'event':'tail','test':'a.plan:two','number':2,'process':'echo',"
      "'stream':'stderr','text':'last\\n'}\n");
}

static void
test_tries (Telling *telling, const void *data)
{
  (void)data;
  g_free (telling_take (telling));
  tell (telling, 1, EVENT_TEST_BEGIN, 0, "two");
  tell (telling, 1, EVENT_FAILED, FAILURE_WRONG_STATUS, "bad");
  tell (telling, 1, EVENT_AGAIN, VERDICT_FAILED, "try 1 of 2");
  tell (telling, 1, EVENT_TEST_BEGIN, 0, "two");
  tell (telling, 1, EVENT_TEST_END, VERDICT_FLAKY, "");
  assert_line (
      telling,
      "{'event':'test-begin','test':'a.plan:two','number':2,'text':'two'}\n"
      "{'event':'failed','test':'a.plan:two','number':2,"
      "'failure':'wrong status','process':'echo',"
      "'op':{'text':'wait echo 0 within 20s','number':4,'of':4,"
      "'at':{'file':'a.plan','line':2,'column':5}},"
      "'at':{'file':'a.plan','line':2,'column':5},'text':'bad'}\n"
      "{'event':'again','test':'a.plan:two','number':2,"
      "'verdict':'failed','text':'try 1 of 2','seconds':0.0}\n"
      "{'event':'test-begin','test':'a.plan:two','number':2,'text':'two'}\n"
      "{'event':'test-end','test':'a.plan:two','number':2,"
      "'verdict':'flaky','seconds':0.012}\n");
}

/* An event of nothing in the plan, in a round; and one of a layer. */
static void
test_little (Telling *telling, const void *data)
{
  const ReportTest *const first
      = &g_array_index (telling->tests, ReportTest, 0);
  const PlanLayer layer = { .unit = *first->test };
  ReportTest test = *first;
  const Event event = { .kind = EVENT_FAILED,
                        .op = PLAN_NONE,
                        .process = PLAN_NONE,
                        .number = FAILURE_TROUBLE,
                        .span = SRC_SPAN_NONE };

  (void)data;
  g_free (telling_take (telling));
  test.round = 3;
  report_event (telling->report, &test, &event);
  test.round = 0;
  test.layer = &layer;
  test.test = &layer.unit;
  report_event (telling->report, &test,
                &(Event){ .kind = EVENT_UP, .op = PLAN_NONE });
  assert_line (telling,
               "{'event':'failed','test':'a.plan:one','number':1,'round':3,"
               "'failure':'proctor could not do its work','text':''}\n"
               "{'event':'up','test':'a.plan:one','number':1,"
               "'layer':true}\n");
}

typedef struct
{
  const char *path;
  const char *bytes;
  size_t n_bytes;
  const char *expected;
} TextCase;

#define BYTES(bytes) bytes, sizeof bytes - 1

static const TextCase texts[] = {
  { "controls", BYTES ("a\33[31m\r\n\t\x7f"), "\"a\\u001B[31m\\r\\n\\t\x7f\"" },
  { "quotes", BYTES ("\"\\/]]>"), "\"\\\"\\\\/]]>\"" },
  { "utf-8", BYTES ("\xc3\xa4\xe2\x80\xa8\xf0\x9f\x98\x80"),
    "\"\\u00E4\\u2028\\uD83D\\uDE00\"" },
  { "no-utf-8", BYTES ("a\xff\n\xc3"),
    "\"a\\\\xff\\n\\\\xc3\",\"base64\":\"Yf8Kww==\"" },
  { "surrogate", BYTES ("\xed\xa0\x80"),
    "\"\\\\xed\\\\xa0\\\\x80\",\"base64\":\"7aCA\"" },
  { "nul", BYTES ("a\0b"), "\"a\\\\x00b\",\"base64\":\"YQBi\"" },
};

static void
test_text (const void *data)
{
  const TextCase *const text = data;
  g_autofree char *expected
      = g_strconcat ("\"text\":", text->expected, "}\n", NULL);
  Telling telling;

  set_up (&telling, NULL);
  tell_bytes (&telling, 0, EVENT_LOGS, 0, text->bytes, text->n_bytes);

  g_autofree char *told = telling_take (&telling);

  g_assert_cmpstr (strstr (told, "\"text\""), ==, expected);
  telling_tear_down (&telling, NULL);
}

static void
test_long (Telling *telling, const void *data)
{
  g_autofree char *text = g_strnfill (1000000, '\1');

  (void)data;
  g_free (telling_take (telling));
  tell (telling, 0, EVENT_LOGS, 0, text);

  g_autofree char *told = telling_take (telling);

  g_assert_cmpuint (strlen (told), >, 6000000);
  g_assert_true (g_str_has_suffix (told, "\\u0001\"}\n"));
}

/* Every event, and every member that events have, is documented. */
static void
test_documented (void)
{
  static const char *const files[] = { "events.md", "events.schema.json" };
  const char *const top = g_getenv ("top_srcdir");

  for (unsigned i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path
          = g_build_filename (top != NULL ? top : ".", "doc", files[i], NULL);
      g_autofree char *text = NULL;

      g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
      for (unsigned kind = 0; kind < N_EVENTS; kind++)
        {
          g_autofree char *name
              = g_strdup_printf (i == 0 ? "| `%s` |" : "\"const\": \"%s\"",
                                 event_name ((EventKind)kind));

          if (kind != EVENT_OUTPUT && strstr (text, name) == NULL)
            g_error ("%s: no %s", path, name);
        }
    }
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*func) (Telling *telling, const void *data);
  } tests[] = {
    { "/report/json/run", test_run },
    { "/report/json/processes", test_processes },
    { "/report/json/tries", test_tries },
    { "/report/json/little", test_little },
    { "/report/json/long", test_long },
  };

  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Telling, NULL, set_up, tests[i].func,
                telling_tear_down);
  for (unsigned i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *path
          = g_strconcat ("/report/json/text/", texts[i].path, NULL);

      g_test_add_data_func (path, &texts[i], test_text);
    }
  g_test_add_func ("/report/json/documented", test_documented);
  return g_test_run ();
}
