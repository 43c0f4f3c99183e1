#include "config.h"

#include "front/options.h"

#include "base/nearest.h"
#include "front/option.h"
#include "front/text.h"

#include <string.h>

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
tell_unknown (OptionReading *reading, const char *name, size_t n_name)
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
is_placed_right (OptionReading *reading, const Option *option)
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
has_right_value (OptionReading *reading, const Option *option)
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
  OptionReading reading = { .emit = emit, .options = options, .span = span };
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
