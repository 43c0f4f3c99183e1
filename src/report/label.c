#include "config.h"

#include "report/label.h"

#include "base/visible.h"

#include <string.h>
#include <unistd.h>

void
label_append_name (GString *out, const ReportTest *test)
{
  const char *const name = test->test->name;

  visible_append (out, name, strlen (name));
  if (test->round > 0)
    g_string_append_printf (out, " #%u", test->round);
}

void
label_append_test (GString *out, const ReportTest *test)
{
  const char *const path = test->plan->path;

  if (test->layer != NULL)
    g_string_append (out, "layer ");
  visible_append (out, path, strlen (path));
  g_string_append_c (out, ':');
  label_append_name (out, test);
}

void
label_append_seconds (GString *out, int64_t microsecs)
{
  const int64_t millisecs = (MAX (microsecs, 0) + 500) / 1000;

  g_string_append_printf (out, "%" G_GINT64_FORMAT ".%03ds", millisecs / 1000,
                          (int)(millisecs % 1000));
}

const char *
label_process (const ReportTest *test, uint32_t process)
{
  if (process >= test->test->n_processes)
    return "?";
  return test->test->processes[process].name;
}

const char *
label_stream (int stream)
{
  return stream == STDERR_FILENO ? "stderr" : "stdout";
}

void
label_append_painted (GString *out, bool color, Paint paint, const char *text)
{
  static const char *const colors[] = {
    [PAINT_GOOD] = "\33[32m",
    [PAINT_BAD] = "\33[1;31m",
    [PAINT_WARN] = "\33[33m",
    [PAINT_FAINT] = "\33[2m",
  };

  if (color)
    g_string_append_printf (out, "%s%s\33[m", colors[paint], text);
  else
    g_string_append (out, text);
}
