#include "config.h"

#include "base/diag.h"

#include "base/excerpt.h"
#include "base/visible.h"

#include <stdarg.h>
#include <string.h>

/* Messages that are shown with their lines and notes; more, and nobody reads
 * them. */
#define N_SHOWN_IN_FULL 20

struct Diag
{
  const Sources *sources; /* borrowed */
  GArray *messages;       /* owned; of DiagMessage */
  GHashTable *seen;       /* owned; what the messages are, to drop doubles */
  bool is_dropping;       /* the last message was a double: no notes to it */
  unsigned n_of[DIAG_NOTE];
};

typedef struct
{
  const char *name;
  const char *color; /* as gcc's */
} Severity;

static const Severity severities[] = {
  [DIAG_ERROR] = { "error", "\33[1;31m" },
  [DIAG_WARNING] = { "warning", "\33[1;35m" },
  [DIAG_NOTE] = { "note", "\33[1;36m" },
};

static void
message_clear (DiagMessage *message)
{
  g_free (message->text);
}

Diag *
diag_new (const Sources *sources)
{
  Diag *diag = g_new0 (Diag, 1);

  diag->sources = sources;
  diag->messages = g_array_new (FALSE, FALSE, sizeof (DiagMessage));
  g_array_set_clear_func (diag->messages, (GDestroyNotify)message_clear);
  diag->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return diag;
}

void
diag_free (Diag *diag)
{
  if (diag == NULL)
    return;

  g_array_unref (diag->messages);
  g_hash_table_unref (diag->seen);
  g_free (diag);
}

/* Takes @text. */
static void
add (Diag *diag, DiagSeverity severity, SrcSpan span, char *text)
{
  const DiagMessage message
      = { .severity = severity, .span = span, .text = text };

  g_array_append_val (diag->messages, message);
}

/* Takes @text. */
static void
add_once (Diag *diag, DiagSeverity severity, SrcSpan span, char *text)
{
  diag->is_dropping = !g_hash_table_add (
      diag->seen,
      g_strdup_printf ("%u %u %d %s", span.begin, span.end, severity, text));
  if (diag->is_dropping)
    {
      g_free (text);
      return;
    }

  diag->n_of[severity]++;
  add (diag, severity, span, text);
}

void
diag_error (Diag *diag, SrcSpan span, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  add_once (diag, DIAG_ERROR, span, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

void
diag_warning (Diag *diag, SrcSpan span, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  add_once (diag, DIAG_WARNING, span, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

void
diag_note (Diag *diag, SrcSpan span, const char *format, ...)
{
  va_list arguments;

  if (diag->is_dropping)
    return;

  va_start (arguments, format);
  add (diag, DIAG_NOTE, span, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

unsigned
diag_n_errors (const Diag *diag)
{
  return diag->n_of[DIAG_ERROR];
}

unsigned
diag_n_warnings (const Diag *diag)
{
  return diag->n_of[DIAG_WARNING];
}

/* --- Printing --------------------------------------------------------- */

static int
compare_places (const void *a, const void *b)
{
  const DiagMessage *const left = *(const DiagMessage *const *)a;
  const DiagMessage *const right = *(const DiagMessage *const *)b;

  if (left->span.begin != right->span.begin)
    return left->span.begin < right->span.begin ? -1 : 1;
  return left < right ? -1 : left > right; /* in the order they came */
}

/* The errors and warnings, sorted; the notes to each stay behind it in the list
 * of messages. */
static GPtrArray *
sort_messages (const Diag *diag)
{
  GPtrArray *sorted = g_ptr_array_new ();

  for (unsigned i = 0; i < diag->messages->len; i++)
    {
      DiagMessage *message = &g_array_index (diag->messages, DiagMessage, i);

      if (message->severity != DIAG_NOTE)
        g_ptr_array_add (sorted, message);
    }
  g_ptr_array_sort (sorted, compare_places);
  return sorted;
}

/* "deploy.plan:7:6: error: there is no process "wbe"". */
static const Source *
append_headline (const Sources *sources, DiagSeverity severity, SrcSpan span,
                 const char *text, GString *out, bool color, SourceLine *line)
{
  const Source *const source = sources_find (sources, span.begin);

  g_string_append (out, color ? "\33[1m" : "");
  if (source == NULL)
    {
      g_string_append (out, "proctor: ");
    }
  else
    {
      *line = source_line (source, span.begin);
      visible_append (out, source->name, strlen (source->name));
      g_string_append_printf (out, ":%u:%u: ", line->line, line->column);
    }
  g_string_append_printf (
      out, "%s%s: %s%s", color ? severities[severity].color : "",
      severities[severity].name, color ? "\33[m" : "", color ? "\33[1m" : "");
  visible_append (out, text, strlen (text));
  g_string_append (out, color ? "\33[m\n" : "\n");
  return source;
}

void
diag_print_headline (const Sources *sources, DiagSeverity severity,
                     SrcSpan span, const char *text, GString *out, bool color)
{
  SourceLine line;

  (void)append_headline (sources, severity, span, text, out, color, &line);
}

void
diag_print_message (const Sources *sources, DiagSeverity severity, SrcSpan span,
                    const char *text, GString *out, bool color)
{
  SourceLine line;
  const Source *const source
      = append_headline (sources, severity, span, text, out, color, &line);

  if (source == NULL)
    return;

  const size_t begin = source->base + source->n_text > span.begin
                           ? span.begin - source->base
                           : source->n_text;
  const size_t line_begin = (size_t)(line.text - source->text);

  excerpt_append (out, &line, MIN (begin - line_begin, line.n_text),
                  span.end > span.begin ? span.end - span.begin : 0,
                  color ? severities[severity].color : NULL);
}

/* A note about what was marked just before needs no second mark. */
static void
print_note (const Diag *diag, const DiagMessage *note, SrcSpan shown,
            GString *out, bool color)
{
  const bool is_shown
      = note->span.begin == shown.begin && note->span.end == shown.end;

  (is_shown ? diag_print_headline : diag_print_message) (
      diag->sources, DIAG_NOTE, note->span, note->text, out, color);
}

static void
print_in_full (const Diag *diag, const DiagMessage *message, GString *out,
               bool color)
{
  const DiagMessage *const end
      = &g_array_index (diag->messages, DiagMessage, diag->messages->len);

  diag_print_message (diag->sources, message->severity, message->span,
                      message->text, out, color);
  for (const DiagMessage *note = message + 1;
       note < end && note->severity == DIAG_NOTE; note++)
    print_note (diag, note, note[-1].span, out, color);
}

void
diag_print (const Diag *diag, GString *out, bool color)
{
  g_autoptr (GPtrArray) sorted = sort_messages (diag);

  for (unsigned i = 0; i < sorted->len; i++)
    {
      const DiagMessage *const message = g_ptr_array_index (sorted, i);

      if (i < N_SHOWN_IN_FULL)
        print_in_full (diag, message, out, color);
      else
        diag_print_headline (diag->sources, message->severity, message->span,
                             message->text, out, color);
    }
  if (sorted->len > N_SHOWN_IN_FULL)
    g_string_append_printf (out,
                            "proctor: %u errors and %u warnings; the first %u "
                            "are shown with their lines\n",
                            diag_n_errors (diag), diag_n_warnings (diag),
                            N_SHOWN_IN_FULL);
}
