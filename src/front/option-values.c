#include "config.h"

#include "front/option.h"

#include "base/nearest.h"
#include "base/units.h"
#include "front/check.h"
#include "front/environ.h"
#include "front/status.h"
#include "front/text.h"
#include "front/unit.h"

#include <string.h>

#define DEFAULT_ROWS    24
#define DEFAULT_COLUMNS 80
#define MAX_NICE        40

static bool
tell_wrong_value (OptionReading *reading, const char *what, const char *like)
{
  emit_error (reading->emit, reading->span, "\"%s\" is not %s",
              emit_shown (reading->emit, reading->value->bytes,
                          reading->value->n_bytes),
              what);
  emit_note (reading->emit, reading->span, "%s is like %s", what, like);
  return false;
}

/* --- Each option ------------------------------------------------------ */

bool
option_cwd (OptionReading *reading)
{
  reading->options->context.cwd
      = text_path (reading->emit, reading->emit->settings.cwd, reading->value);
  return true;
}

bool
option_env (OptionReading *reading)
{
  return environ_assign (reading->emit, &reading->options->context.env,
                         reading->value, reading->span);
}

bool
option_unset (OptionReading *reading)
{
  return environ_unset (reading->emit, &reading->options->context.env,
                        reading->value, reading->span);
}

bool
option_clear_env (OptionReading *reading)
{
  environ_clear (reading->emit, &reading->options->context.env);
  return true;
}

bool
option_stdin (OptionReading *reading)
{
  static const struct
  {
    const char *name;
    PlanStdin kind;
  } kinds[] = {
    { "null", PLAN_STDIN_NULL },
    { "pipe", PLAN_STDIN_PIPE },
    { "inherit", PLAN_STDIN_INHERIT },
  };
  PlanContext *const context = &reading->options->context;

  reading->options->has_stdin = true;
  for (unsigned i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (reading->value->bytes, kinds[i].name) == 0
        && reading->value->n_slots == 0)
      {
        context->stdin_kind = kinds[i].kind;
        return true;
      }
  context->stdin_kind = PLAN_STDIN_FILE;
  context->stdin_text = reading->value;
  return true;
}

bool
option_stdout (OptionReading *reading)
{
  reading->options->context.stdout_path = reading->value;
  return true;
}

bool
option_merge (OptionReading *reading)
{
  reading->options->context.merge = true;
  return true;
}

bool
option_log (OptionReading *reading)
{
  if (strcmp (reading->string, "pipe") != 0)
    return tell_wrong_value (reading, "a way to the log", "--log=pipe");
  reading->options->context.log_pipe = true;
  return true;
}

bool
option_pty (OptionReading *reading)
{
  PlanContext *const context = &reading->options->context;
  g_auto (GStrv) sizes = NULL;
  guint64 rows = DEFAULT_ROWS;
  guint64 columns = DEFAULT_COLUMNS;

  if (reading->value != NULL)
    {
      sizes = g_strsplit (reading->string, "x", -1);
      if (g_strv_length (sizes) != 2
          || !g_ascii_string_to_unsigned (sizes[0], 10, 1, UINT16_MAX, &rows,
                                          NULL)
          || !g_ascii_string_to_unsigned (sizes[1], 10, 1, UINT16_MAX, &columns,
                                          NULL))
        return tell_wrong_value (reading, "the size of a terminal", "24x80");
    }
  context->pty = true;
  context->pty_rows = (uint16_t)rows;
  context->pty_columns = (uint16_t)columns;
  return true;
}

bool
option_umask (OptionReading *reading)
{
  const int mode = check_mode_text (reading->string);

  if (mode < 0 || mode > 0777)
    return tell_wrong_value (reading, "a file mode mask", "022");
  reading->options->context.umask = mode;
  return true;
}

static const PlanLimitKind *
find_limit (OptionReading *reading, const char *name)
{
  const PlanLimitKind *kind = plan_limit_kinds;
  Nearest nearest;

  nearest_init (&nearest, name);
  for (; kind->name != NULL; kind++)
    {
      if (strcmp (kind->name, name) == 0)
        return kind;
      nearest_try (&nearest, kind->name);
    }

  g_autoptr (GString) names = g_string_new (NULL);

  for (kind = plan_limit_kinds; kind->name != NULL; kind++)
    g_string_append_printf (names, " %s", kind->name);
  emit_error (reading->emit, reading->span, "there is no limit \"%s\"",
              emit_shown (reading->emit, name, strlen (name)));
  if (nearest.best != NULL)
    emit_note (reading->emit, reading->span, "did you mean \"%s\"?",
               nearest.best);
  else
    emit_note (reading->emit, reading->span, "there are%s", names->str);
  return NULL;
}

static bool
parse_limit (const PlanLimitKind *kind, const char *text, uint64_t *value)
{
  int64_t microsecs;

  if (strcmp (text, "unlimited") == 0)
    {
      *value = UINT64_MAX;
      return true;
    }
  switch (kind->unit)
    {
    case PLAN_LIMIT_SIZE:
      return size_parse (text, value);
    case PLAN_LIMIT_DURATION:
      if (!duration_parse (text, &microsecs) || microsecs % G_USEC_PER_SEC != 0)
        return false;
      *value = (uint64_t)(microsecs / G_USEC_PER_SEC);
      return true;
    case PLAN_LIMIT_COUNT:
      break;
    }
  return g_ascii_string_to_unsigned (text, 10, 0, INT64_MAX, value, NULL);
}

static const char *
limit_example (const PlanLimitKind *kind)
{
  switch (kind->unit)
    {
    case PLAN_LIMIT_SIZE:
      return "64K, 512M, 2G, unlimited";
    case PLAN_LIMIT_DURATION:
      return "10, 2m (whole seconds), unlimited";
    case PLAN_LIMIT_COUNT:
      break;
    }
  return "64, unlimited";
}

static bool
read_limit (OptionReading *reading, char *text, GArray *limits)
{
  char *const equals = strchr (text, '=');
  PlanLimit limit;

  memset (&limit, 0, sizeof limit); /* its padding too: it is compared */
  if (equals == NULL)
    return tell_wrong_value (reading, "a limit", "nofile=64,as=512M");
  *equals = '\0';

  const PlanLimitKind *const kind = find_limit (reading, text);

  if (kind == NULL)
    return false;
  if (!parse_limit (kind, equals + 1, &limit.value))
    {
      emit_error (reading->emit, reading->span,
                  "\"%s\" is no value for the limit \"%s\"",
                  emit_shown (reading->emit, equals + 1, strlen (equals + 1)),
                  kind->name);
      emit_note (reading->emit, reading->span, "one is like %s",
                 limit_example (kind));
      return false;
    }
  limit.resource = kind->resource;
  for (unsigned i = 0; i < limits->len; i++)
    if (g_array_index (limits, PlanLimit, i).resource == kind->resource)
      g_array_remove_index (limits, i--);
  g_array_append_val (limits, limit);
  return true;
}

bool
option_limit (OptionReading *reading)
{
  PlanContext *const context = &reading->options->context;
  g_auto (GStrv) texts = g_strsplit (reading->string, ",", -1);
  g_autoptr (GArray) limits = g_array_new (FALSE, TRUE, sizeof (PlanLimit));

  if (context->n_limits > 0)
    g_array_append_vals (limits, context->limits, context->n_limits);
  if (texts[0] == NULL)
    return tell_wrong_value (reading, "a limit", "nofile=64,as=512M");
  for (unsigned i = 0; texts[i] != NULL; i++)
    if (!read_limit (reading, texts[i], limits))
      return false;

  context->limits = emit_bytes (reading->emit, limits->data,
                                limits->len * sizeof (PlanLimit));
  context->n_limits = limits->len;
  return true;
}

bool
option_user (OptionReading *reading)
{
  reading->options->context.user = reading->string;
  return true;
}

bool
option_nice (OptionReading *reading)
{
  gint64 number;

  if (!g_ascii_string_to_signed (reading->string, 10, -MAX_NICE, MAX_NICE,
                                 &number, NULL))
    return tell_wrong_value (reading, "a nice value", "10");
  reading->options->context.nice = (int)number;
  return true;
}

bool
option_daemon (OptionReading *reading)
{
  reading->options->flags |= PLAN_DAEMON;
  return true;
}

bool
option_optional (OptionReading *reading)
{
  reading->options->flags |= PLAN_OPTIONAL;
  return true;
}

bool
option_within (OptionReading *reading)
{
  if (!duration_parse (reading->string, &reading->options->microsecs))
    return tell_wrong_value (reading, "a duration",
                             type_example (TYPE_DURATION));
  unit_note_within (reading->emit, reading->options->microsecs, reading->span);
  return true;
}

bool
option_status (OptionReading *reading)
{
  PlanStatus status = { 0 };

  if (!status_parse (reading->string, &status))
    {
      status_tell_wrong (reading->emit, reading->string, reading->span);
      return false;
    }
  reading->options->status
      = status_index (reading->emit, reading->string, reading->span);
  return true;
}
