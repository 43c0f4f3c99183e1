#include "config.h"

#include "front/text.h"

#include "front/builtin.h"
#include "front/names.h"
#include "front/vars.h"

#include <string.h>

/* A longer text is a mistake. */
#define MAX_TEXT ((size_t)64 << 20)
/* So is a list of more elements. */
#define MAX_ITEMS 1000000

bool
text_is_name (const char *text)
{
  if (!g_ascii_isalpha (*text) && *text != '_')
    return false;
  while (g_ascii_isalnum (*text) || *text == '_' || *text == '-')
    text++;
  return *text == '\0';
}

/* --- Putting together ------------------------------------------------- */

static void
begin (Emit *emit)
{
  g_string_truncate (emit->text, 0);
  g_array_set_size (emit->slots, 0);
}

static void
append (Emit *emit, const char *bytes, size_t n_bytes)
{
  g_string_append_len (emit->text, bytes, (gssize)n_bytes);
}

static void
append_string (Emit *emit, const char *string)
{
  append (emit, string, strlen (string));
}

static void
append_slot (Emit *emit, PlanVar variable)
{
  const PlanSlot slot
      = { .offset = (uint32_t)emit->text->len, .variable = variable };

  g_array_append_val (emit->slots, slot);
}

/* The text from @from on. */
static void
append_text (Emit *emit, const PlanText *text, uint32_t from)
{
  const uint32_t base = (uint32_t)emit->text->len;

  for (uint32_t i = 0; i < text->n_slots; i++)
    {
      PlanSlot slot = text->slots[i];

      if (slot.offset < from)
        continue;
      slot.offset = base + slot.offset - from;
      g_array_append_val (emit->slots, slot);
    }
  append (emit, text->bytes + from, text->n_bytes - from);
}

static const PlanText *
finish (Emit *emit)
{
  const size_t n_bytes = emit->text->len;
  const unsigned n_slots = emit->slots->len;

  if (n_slots == 0)
    return emit_plain_text (emit, emit->text->str, n_bytes);

  const PlanText head = { .n_bytes = (uint32_t)n_bytes,
                          .n_slots = n_slots,
                          .slots = emit_bytes (emit, emit->slots->data,
                                               n_slots * sizeof (PlanSlot)) };
  const size_t n_head = offsetof (PlanText, bytes);

  g_string_insert_len (emit->text, 0, (const char *)&head, (gssize)n_head);
  return emit_bytes (emit, emit->text->str, n_head + n_bytes + 1);
}

/* --- Variables -------------------------------------------------------- */

/* The directory of the file that the variable stands in. */
static void
append_srcdir (Emit *emit, SrcSpan span)
{
  const Source *const source = sources_find (emit->sources, span.begin);

  if (strcmp (source->name, "-") == 0)
    {
      append_string (emit, emit->options->builddir);
      return;
    }

  g_autofree char *directory = g_path_get_dirname (source->name);
  g_autofree char *path
      = g_canonicalize_filename (directory, emit->options->builddir);

  append_string (emit, path);
}

static void
append_builtin (Emit *emit, Builtin builtin, SrcSpan span)
{
  switch (builtin)
    {
    case BUILTIN_TMP:
      append_slot (emit, PLAN_VAR_TMP);
      break;
    case BUILTIN_LOGDIR:
      append_slot (emit, PLAN_VAR_LOGDIR);
      break;
    case BUILTIN_SRCDIR:
      append_srcdir (emit, span);
      break;
    case BUILTIN_BUILDDIR:
      append_string (emit, emit->options->builddir);
      break;
    case BUILTIN_TEST:
      append_string (emit, emit->test_name);
      break;
    case BUILTIN_PLAN:
      append_string (emit, emit->plan_name);
      break;
    case N_BUILTINS:
      break;
    }
}

static void
append_value (Emit *emit, const Value *value)
{
  for (uint32_t i = 0; i < value->n_texts; i++)
    {
      if (i > 0)
        append (emit, " ", 1);
      append_text (emit, value->texts[i], 0);
    }
}

/* What the plan itself knows of it. */
static bool
append_declared (Emit *emit, const char *name, SrcSpan span)
{
  const Binding *const binding = vars_find (emit, name, strlen (name));
  const Builtin builtin = builtin_find (name);

  if (binding != NULL)
    append_value (emit, &binding->value);
  else if (builtin != N_BUILTINS)
    append_builtin (emit, builtin, span);
  else
    return false;
  return true;
}

static bool
append_from_env (Emit *emit, const char *name, SrcSpan span)
{
  const PlanText *const value = vars_find_in_env (emit, name);

  (void)span;
  if (value == NULL)
    return false;
  append_text (emit, value, 0);
  return true;
}

typedef bool AppendFunc (Emit *emit, const char *name, SrcSpan span);

/* "$node-1" is the variable "node-1", or, if there is none, "node" with "-1"
 * behind it. */
static bool
append_longest (Emit *emit, const AstPart *part, AppendFunc *func)
{
  g_autofree char *name = g_strdup (part->variable);
  char *dash;

  if (func (emit, name, part->span))
    return true;
  while (part->variable_kind == AST_SIMPLE
         && (dash = strrchr (name, '-')) != NULL)
    {
      *dash = '\0';
      if (func (emit, name, part->span))
        {
          append_string (emit, part->variable + (dash - name));
          return true;
        }
    }
  return false;
}

static bool
append_simple (Emit *emit, const AstPart *part)
{
  if (part->variable_kind != AST_SIMPLE || strchr (part->variable, '-') == NULL)
    return append_declared (emit, part->variable, part->span)
           || append_from_env (emit, part->variable, part->span);
  return append_longest (emit, part, append_declared)
         || append_longest (emit, part, append_from_env);
}

static void
tell_unknown (Emit *emit, const char *name, SrcSpan span)
{
  const char *const best = vars_nearest (emit, name);

  if (emit->lacks_file)
    return;
  emit_error (emit, span, "there is no variable \"%s\"",
              emit_shown (emit, name, strlen (name)));
  if (best != NULL)
    emit_note (emit, span, "did you mean \"$%s\"?", best);
  else if (names_has (emit, name, strlen (name)))
    emit_note (emit, span,
               "\"%s\" is a process, whose name is written without \"$\"",
               name);
  else
    emit_note (emit, span,
               "nor is it in the environment; ${%s:-...} would give it a "
               "default",
               emit_shown (emit, name, strlen (name)));
}

static bool
append_parts (Emit *emit, const AstPart *part)
{
  bool is_good = true;

  for (; part != NULL; part = part->next)
    {
      if (part->variable == NULL)
        {
          append (emit, part->text, part->n_text);
        }
      else if (append_simple (emit, part))
        {
          continue;
        }
      else if (part->has_fallback)
        {
          is_good &= append_parts (emit, part->fallback);
        }
      else
        {
          tell_unknown (emit, part->variable, part->span);
          is_good = false;
        }
    }
  return is_good;
}

/* --- Words ------------------------------------------------------------ */

/* The list as one text. */
static bool
append_list (Emit *emit, const AstArg *arg)
{
  const AstPart part = { .variable = arg->variable,
                         .variable_kind = AST_LIST_OF,
                         .span = arg->span };

  return append_parts (emit, &part);
}

static bool
append_arg (Emit *emit, const AstArg *arg)
{
  switch (arg->kind)
    {
    case AST_PLAIN:
      append (emit, arg->text, arg->n_text);
      return true;
    case AST_PARTS:
      return append_parts (emit, arg->parts);
    case AST_LIST:
      return append_list (emit, arg);
    default:
      emit_error (emit, (SrcSpan){ arg->span.begin, arg->span.begin + 1 },
                  "a block stands where a text should");
      emit_note (emit, (SrcSpan){ arg->span.begin, arg->span.begin + 1 },
                 "a brace that is text stands between quotes: \"{\"");
      return false;
    }
}

static const PlanText *
finish_at (Emit *emit, SrcSpan span)
{
  if (emit->text->len <= MAX_TEXT)
    return finish (emit);

  emit_error (emit, span, "this text becomes longer than %d MiB",
              (int)(MAX_TEXT >> 20));
  return NULL;
}

const PlanText *
text_eval (Emit *emit, const AstArg *arg)
{
  if (arg->kind == AST_PLAIN && arg->n_text <= MAX_TEXT)
    return emit_plain_text (emit, arg->text, arg->n_text);

  begin (emit);
  return append_arg (emit, arg) ? finish_at (emit, arg->span) : NULL;
}

bool
text_is_string (Emit *emit, const PlanText *text, SrcSpan span)
{
  if (memchr (text->bytes, '\0', text->n_bytes) == NULL)
    return true;

  emit_error (emit, span, "there cannot be a NUL character in this");
  return false;
}

TextView
text_view (Emit *emit, const AstArg *arg, const char *what)
{
  const TextView none = { NULL, 0 };

  begin (emit);
  if (!append_arg (emit, arg))
    return none;
  if (emit->slots->len > 0
      || memchr (emit->text->str, '\0', emit->text->len) != NULL)
    {
      (void)text_is_known (emit, finish (emit), arg->span, what);
      return none;
    }
  return (TextView){ .bytes = emit->text->str, .n_bytes = emit->text->len };
}

bool
text_is_known (Emit *emit, const PlanText *text, SrcSpan span, const char *what)
{
  if (text->n_slots > 0)
    {
      emit_error (emit, span,
                  "this is known only when the test runs, and %s must be known "
                  "before",
                  what);
      return false;
    }
  return text_is_string (emit, text, span);
}

const char *
text_known (Emit *emit, const AstArg *arg, const char *what)
{
  const PlanText *const text = text_eval (emit, arg);

  if (text == NULL || !text_is_known (emit, text, arg->span, what))
    return NULL;
  return text->bytes;
}

/* --- Several ---------------------------------------------------------- */

static void
add_item (GArray *items, const PlanText *text, SrcSpan span)
{
  const TextItem item = { .text = text, .span = span };

  g_array_append_val (items, item);
}

static bool
eval_list (Emit *emit, const AstArg *arg, GArray *items)
{
  const Binding *const binding
      = vars_find (emit, arg->variable, strlen (arg->variable));

  if (binding == NULL)
    {
      const PlanText *const text = text_eval (emit, arg);

      if (text != NULL)
        add_item (items, text, arg->span);
      return text != NULL;
    }
  if (items->len + binding->value.n_texts > MAX_ITEMS)
    {
      emit_error (emit, arg->span, "this list becomes longer than %d elements",
                  MAX_ITEMS);
      return false;
    }
  for (uint32_t i = 0; i < binding->value.n_texts; i++)
    add_item (items, binding->value.texts[i], arg->span);
  return true;
}

bool
text_eval_all (Emit *emit, const AstArg *arg, unsigned n_args, GArray *items)
{
  bool is_good = true;

  for (; n_args > 0; n_args--, arg = arg->next)
    {
      if (arg->kind == AST_LIST)
        {
          is_good &= eval_list (emit, arg, items);
          continue;
        }

      const PlanText *const text = text_eval (emit, arg);

      if (text != NULL)
        add_item (items, text, arg->span);
      is_good &= text != NULL;
    }
  return is_good;
}

const PlanText *
text_join (Emit *emit, const AstArg *arg, unsigned n_args)
{
  const SrcSpan span = arg->span;
  bool is_good = true;

  begin (emit);
  for (unsigned i = 0; i < n_args; i++, arg = arg->next)
    {
      if (i > 0)
        append (emit, " ", 1);
      is_good &= append_arg (emit, arg);
    }
  return is_good ? finish_at (emit, span) : NULL;
}

const PlanText *
text_from (Emit *emit, const PlanText *text, uint32_t from)
{
  begin (emit);
  append_text (emit, text, from);
  return finish (emit);
}

static bool
is_absolute (const PlanText *path)
{
  return path->bytes[0] == '/'
         || (path->n_slots > 0 && path->slots[0].offset == 0);
}

const PlanText *
text_path (Emit *emit, const PlanText *directory, const PlanText *path)
{
  if (directory == NULL || is_absolute (path))
    return path;

  begin (emit);
  append_text (emit, directory, 0);
  append (emit, "/", 1);
  append_text (emit, path, 0);
  return finish (emit);
}
