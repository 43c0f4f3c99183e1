#include "config.h"

#include "front/options.h"

#include "base/nearest.h"
#include "base/units.h"
#include "front/check.h"
#include "front/environ.h"
#include "front/status.h"
#include "front/text.h"

#include <string.h>

#define DEFAULT_ROWS    24
#define DEFAULT_COLUMNS 80
#define MAX_NICE        40

/* An option that is being read. */
typedef struct
{
  Emit *emit;
  SpawnOptions *options;
  const PlanText *value; /* NULL: none */
  const char *string;    /* the value, if it is known */
  SrcSpan span;
} Reading;

typedef bool OptionFunc (Reading *reading);

static bool
tell_wrong_value (Reading *reading, const char *what, const char *like)
{
  emit_error (reading->emit, reading->span, "\"%s\" is not %s",
              emit_shown (reading->emit, reading->value->bytes,
                          reading->value->n_bytes),
              what);
  emit_note (reading->emit, reading->span, "%s is like %s", what, like);
  return false;
}

/* --- Each option ------------------------------------------------------ */

static bool
option_cwd (Reading *reading)
{
  reading->options->context.cwd
      = text_path (reading->emit, reading->emit->settings.cwd, reading->value);
  return true;
}

static bool
option_env (Reading *reading)
{
  return environ_assign (reading->emit, &reading->options->context.env,
                         reading->value, reading->span);
}

static bool
option_unset (Reading *reading)
{
  return environ_unset (reading->emit, &reading->options->context.env,
                        reading->value, reading->span);
}

static bool
option_clear_env (Reading *reading)
{
  environ_clear (reading->emit, &reading->options->context.env);
  return true;
}

static bool
option_stdin (Reading *reading)
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

static bool
option_stdout (Reading *reading)
{
  reading->options->context.stdout_path = reading->value;
  return true;
}

static bool
option_merge (Reading *reading)
{
  reading->options->context.merge = true;
  return true;
}

static bool
option_pty (Reading *reading)
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

static bool
option_umask (Reading *reading)
{
  const int mode = check_mode_text (reading->string);

  if (mode < 0 || mode > 0777)
    return tell_wrong_value (reading, "a file mode mask", "022");
  reading->options->context.umask = mode;
  return true;
}

static const PlanLimitKind *
find_limit (Reading *reading, const char *name)
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
read_limit (Reading *reading, char *text, GArray *limits)
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

static bool
option_limit (Reading *reading)
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

static bool
option_user (Reading *reading)
{
  reading->options->context.user = reading->string;
  return true;
}

static bool
option_nice (Reading *reading)
{
  gint64 number;

  if (!g_ascii_string_to_signed (reading->string, 10, -MAX_NICE, MAX_NICE,
                                 &number, NULL))
    return tell_wrong_value (reading, "a nice value", "10");
  reading->options->context.nice = (int)number;
  return true;
}

static bool
option_daemon (Reading *reading)
{
  reading->options->flags |= PLAN_DAEMON;
  return true;
}

static bool
option_optional (Reading *reading)
{
  reading->options->flags |= PLAN_OPTIONAL;
  return true;
}

static bool
option_within (Reading *reading)
{
  if (duration_parse (reading->string, &reading->options->microsecs))
    return true;
  return tell_wrong_value (reading, "a duration", type_example (TYPE_DURATION));
}

static bool
option_status (Reading *reading)
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

/* --- The table -------------------------------------------------------- */

enum
{
  OF_SPAWN = 1 << 0,
  OF_RUN = 1 << 1,
  OF_ALL = OF_SPAWN | OF_RUN
};

typedef struct
{
  const char *name;
  const char *value; /* NULL: it has none; "[...]": it may have */
  const char *help;
  OptionFunc *func;
  unsigned places;
  bool waits_for_run; /* its value may have variables of the run */
} Option;

static const Option options_table[] = {
#define OPTION(id, text, value, places, is_open, help)                         \
  { text, value, help, option_##id, places, is_open },
#include "front/spawn-options.def"
#undef OPTION
};

static const Option *
find_option (const char *name, size_t n_name)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (options_table); i++)
    if (strlen (options_table[i].name) == n_name
        && memcmp (options_table[i].name, name, n_name) == 0)
      return &options_table[i];
  return NULL;
}

static void
tell_unknown (Reading *reading, const char *name, size_t n_name)
{
  const char *const shown = emit_shown (reading->emit, name, n_name);
  Nearest nearest;

  nearest_init (&nearest, shown);
  for (unsigned i = 0; i < G_N_ELEMENTS (options_table); i++)
    nearest_try (&nearest, options_table[i].name);
  emit_error (reading->emit, reading->span, "there is no option \"--%s\"",
              shown);
  if (nearest.best != NULL)
    emit_note (reading->emit, reading->span, "did you mean \"--%s\"?",
               nearest.best);
  else
    emit_note (reading->emit, reading->span,
               "options of the program stand behind its name; \"--\" ends "
               "those of \"%s\"",
               reading->options->is_run ? "run" : "spawn");
}

static bool
is_placed_right (Reading *reading, const Option *option)
{
  const bool is_run = reading->options->is_run;

  if (option->places & (is_run ? OF_RUN : OF_SPAWN))
    return true;

  emit_error (reading->emit, reading->span,
              "\"--%s\" is no option of \"%s\", only of \"%s\"", option->name,
              is_run ? "run" : "spawn", is_run ? "spawn" : "run");
  return false;
}

static bool
has_right_value (Reading *reading, const Option *option)
{
  const bool may_have = option->value != NULL;
  const bool must_have = may_have && option->value[0] != '[';

  if (reading->value == NULL && must_have)
    emit_error (reading->emit, reading->span, "\"--%s\" needs a value: --%s=%s",
                option->name, option->name, option->value);
  else if (reading->value != NULL && !may_have)
    emit_error (reading->emit, reading->span, "\"--%s\" takes no value",
                option->name);
  else if (reading->value == NULL)
    return true;
  else if (reading->value->n_bytes == 0 && reading->value->n_slots == 0)
    emit_error (reading->emit, reading->span, "the value of \"--%s\" is empty",
                option->name);
  else if (option->waits_for_run)
    return text_is_string (reading->emit, reading->value, reading->span);
  else
    return text_is_known (reading->emit, reading->value, reading->span,
                          "the value of this option");
  return false;
}

void
options_init (Emit *emit, SpawnOptions *options, bool is_run)
{
  memset (options, 0, sizeof *options); /* padding too: it is compared */
  options->is_run = is_run;
  options->status = -1;
  options->context.cwd = emit->settings.cwd;
  options->context.env = emit->settings.env;
  options->context.umask = emit->settings.umask;
}

bool
options_read (Emit *emit, SpawnOptions *options, const PlanText *text,
              SrcSpan span)
{
  Reading reading = { .emit = emit, .options = options, .span = span };
  const char *const equals = strchr (text->bytes, '=');
  const uint32_t n_option
      = equals != NULL ? (uint32_t)(equals - text->bytes) : text->n_bytes;

  if (n_option < 3 || text->bytes[1] != '-')
    {
      emit_error (emit, span, "there is no option \"%s\"",
                  emit_shown (emit, text->bytes, text->n_bytes));
      emit_note (emit, span,
                 "a program whose name begins with \"-\" stands behind "
                 "\"--\"");
      return false;
    }

  const Option *const option = find_option (text->bytes + 2, n_option - 2);

  if (option == NULL)
    {
      tell_unknown (&reading, text->bytes + 2, n_option - 2);
      return false;
    }
  if (equals != NULL)
    reading.value = text_from (emit, text, n_option + 1);
  if (!is_placed_right (&reading, option)
      || !has_right_value (&reading, option))
    return false;
  if (reading.value != NULL)
    reading.string = reading.value->bytes;
  options->has_changes = true;
  return option->func (&reading);
}

const PlanContext *
options_context (Emit *emit, const SpawnOptions *options)
{
  return emit_bytes (emit, &options->context, sizeof options->context);
}

const PlanContext *
options_settings_context (Emit *emit)
{
  SpawnOptions options;

  if (emit->settings.context == NULL)
    {
      options_init (emit, &options, false);
      emit->settings.context = options_context (emit, &options);
    }
  return emit->settings.context;
}

/* --- Help ------------------------------------------------------------- */

void
options_append_list (GString *out)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (options_table); i++)
    {
      const Option *const option = &options_table[i];
      const char *const value = option->value != NULL ? option->value : "";
      const bool may_have = *value == '[';
      g_autofree char *shown = g_strdup_printf (
          "--%s%s%s%s", option->name, may_have ? "[" : "",
          *value != '\0' ? "=" : "", may_have ? value + 1 : value);

      g_string_append_printf (out, "  %-32s %s%s\n", shown, option->help,
                              option->places == OF_RUN     ? " (run only)"
                              : option->places == OF_SPAWN ? " (spawn only)"
                                                           : "");
    }
}
