#include "config.h"

#include "front/status.h"

#include "base/nearest.h"
#include "base/signame.h"
#include "front/words.h"

#include <string.h>

#define MAX_CODE 255

static void
add_code (PlanStatus *status, unsigned code)
{
  status->codes[code / 64] |= UINT64_C (1) << code % 64;
}

static void
add_signal (PlanStatus *status, int signal)
{
  status->signals |= UINT64_C (1) << (signal - 1);
}

/* Digits; returns what is behind them, or NULL. */
static const char *
read_code (const char *text, unsigned *code)
{
  const char *const begin = text;

  for (*code = 0; g_ascii_isdigit (*text); text++)
    {
      *code = *code * 10 + (unsigned)(*text - '0');
      if (*code > MAX_CODE)
        return NULL;
    }
  return text > begin ? text : NULL;
}

static bool
parse_codes (const char *text, PlanStatus *status)
{
  unsigned first;
  unsigned last;
  const char *behind = read_code (text, &first);

  if (behind == NULL)
    return false;
  last = first;
  if (g_str_has_prefix (behind, ".."))
    behind = read_code (behind + 2, &last);
  if (behind == NULL || *behind != '\0' || last < first)
    return false;

  for (unsigned code = first; code <= last; code++)
    add_code (status, code);
  return true;
}

static void
invert (PlanStatus *status)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (status->codes); i++)
    status->codes[i] = ~status->codes[i];
  status->signals = ~status->signals;
}

static bool
parse_one (const char *text, PlanStatus *status)
{
  if (*text == '!')
    {
      PlanStatus other = { 0 };

      if (text[1] == '!' || !parse_one (text + 1, &other))
        return false;
      invert (&other);
      for (unsigned i = 0; i < G_N_ELEMENTS (status->codes); i++)
        status->codes[i] |= other.codes[i];
      status->signals |= other.signals;
      return true;
    }
  if (strcmp (text, "any") == 0)
    {
      memset (status->codes, 0xff, sizeof status->codes);
      status->signals = UINT64_MAX;
      return true;
    }
  if (g_ascii_isdigit (*text))
    return parse_codes (text, status);

  const int signal = signal_from_name (text);

  if (signal > 0)
    add_signal (status, signal);
  return signal > 0;
}

static bool
is_empty (const PlanStatus *status)
{
  uint64_t bits = status->signals;

  for (unsigned i = 0; i < G_N_ELEMENTS (status->codes); i++)
    bits |= status->codes[i];
  return bits == 0;
}

static bool
parse_all (const char *text, PlanStatus *status)
{
  if (strchr (text, '|') == NULL)
    return parse_one (text, status);

  g_auto (GStrv) ones = g_strsplit (text, "|", -1);

  for (unsigned i = 0; ones[i] != NULL; i++)
    if (!parse_one (ones[i], status))
      return false;
  return true;
}

bool
status_parse (const char *text, PlanStatus *status)
{
  return parse_all (text, status) && !is_empty (status);
}

bool
status_is_meant (const char *text)
{
  PlanStatus status = { 0 };

  if (status_parse (text, &status) || g_ascii_isdigit (*text) || *text == '!'
      || strchr (text, '|') != NULL || g_str_has_prefix (text, "SIG"))
    return true;
  while (g_ascii_isupper (*text))
    text++;
  return *text == '\0';
}

static void
try_signal (const char *name, void *data)
{
  nearest_try (data, name);
}

/* The signal that is meant by @text: "SIGTERM", or NULL. */
static const char *
nearest_signal (Emit *emit, const char *text)
{
  Nearest nearest;

  nearest_init (&nearest, g_str_has_prefix (text, "SIG") ? text + 3 : text);
  signal_name_each (try_signal, &nearest);
  if (nearest.best == NULL)
    return NULL;

  g_autofree char *name = g_strconcat ("SIG", nearest.best, NULL);

  return emit_shown (emit, name, strlen (name));
}

void
signal_tell_wrong (Emit *emit, const char *text, SrcSpan span)
{
  const char *const best = nearest_signal (emit, text);

  emit_error (emit, span, "there is no signal \"%s\"",
              emit_shown (emit, text, strlen (text)));
  if (best != NULL)
    emit_note (emit, span, "did you mean \"%s\"?", best);
}

static bool
is_number (const char *text)
{
  return *text != '\0' && text[strspn (text, "0123456789")] == '\0';
}

void
status_tell_wrong (Emit *emit, const char *text, SrcSpan span)
{
  const char *const shown = emit_shown (emit, text, strlen (text));
  const char *const best = g_ascii_isalpha (*text) && !strpbrk (text, "|!.")
                               ? nearest_signal (emit, text)
                               : NULL;

  PlanStatus status = { 0 };

  if (parse_all (text, &status))
    {
      emit_error (emit, span, "no process can end with the status \"%s\"",
                  shown);
      emit_note (emit, span,
                 "\"any\" is every end; \"!0\" every end but success");
      return;
    }
  if (is_number (text))
    emit_error (emit, span, "there is no exit code %s: they are 0 to %d", shown,
                MAX_CODE);
  else
    emit_error (emit, span, "\"%s\" is no status", shown);
  if (best != NULL)
    emit_note (emit, span, "did you mean \"%s\"?", best);
  else if (!is_number (text))
    emit_note (emit, span, "a status is like %s", type_example (TYPE_STATUS));
}

uint16_t
status_index (Emit *emit, const char *text, SrcSpan span)
{
  PlanStatus status = { .text = emit_string (emit, text, strlen (text)) };

  (void)status_parse (text, &status);
  for (unsigned i = 0; i < emit->statuses->len; i++)
    if (g_array_index (emit->statuses, PlanStatus, i).text == status.text)
      return (uint16_t)i;

  if (emit->statuses->len == UINT16_MAX)
    {
      emit_error (emit, span, "there are more than %d different statuses",
                  UINT16_MAX);
      return 0;
    }
  g_array_append_val (emit->statuses, status);
  return (uint16_t)(emit->statuses->len - 1);
}

uint16_t
status_of_signal (Emit *emit, int signal, bool or_kill, SrcSpan span)
{
  char name[SIGNAL_NAME_SIZE];
  g_autoptr (GString) text = g_string_new (signal_name (signal, name));

  if (or_kill && strcmp (text->str, "SIGKILL") != 0)
    g_string_append (text, "|SIGKILL");
  return status_index (emit, text->str, span);
}
