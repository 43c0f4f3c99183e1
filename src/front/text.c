#include "config.h"

#include "front/text.h"

#include "front/build.h"
#include "front/value.h"
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

bool
text_is_name_at (Emit *emit, const char *text, SrcSpan span)
{
  if (text_is_name (text))
    return true;

  emit_error (emit, span, "\"%s\" cannot be a name",
              emit_shown (emit, text, strlen (text)));
  emit_note (emit, span,
             "a name is of letters, digits, \"_\" and \"-\", and begins "
             "with a letter or \"_\"");
  return false;
}

/* The list as one text. */
static bool
append_list (Emit *emit, const AstArg *arg)
{
  const AstPart part = { .variable = arg->variable,
                         .variable_kind = AST_LIST_OF,
                         .span = arg->span };

  return value_build_parts (emit, &part);
}

static bool
append_arg (Emit *emit, const AstArg *arg)
{
  switch (arg->kind)
    {
    case AST_PLAIN:
      build_bytes (emit, arg->text, arg->n_text);
      return true;
    case AST_PARTS:
      return value_build_parts (emit, arg->parts);
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
    return build_finish (emit);

  emit_error (emit, span, "this text becomes longer than %d MiB",
              (int)(MAX_TEXT >> 20));
  return NULL;
}

const PlanText *
text_eval (Emit *emit, const AstArg *arg)
{
  if (arg->kind == AST_PLAIN && arg->n_text <= MAX_TEXT)
    return emit_plain_text (emit, arg->text, arg->n_text);

  build_begin (emit);
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

  build_begin (emit);
  if (!append_arg (emit, arg) || arg->is_wrong)
    return none;
  if (emit->slots->len > 0
      || memchr (emit->text->str, '\0', emit->text->len) != NULL)
    {
      (void)text_is_known (emit, build_finish (emit), arg->span, what);
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

  if (text == NULL || arg->is_wrong
      || !text_is_known (emit, text, arg->span, what))
    return NULL;
  return text->bytes;
}

/* --- Several ---------------------------------------------------------- */

static void
add_item (GArray *items, const PlanText *text, const AstArg *arg)
{
  const AstHabits habits = ast_habits (arg);
  const TextItem item
      = { .text = text,
          .origin = habits.metachar != 0 || habits.is_glob ? arg : NULL,
          .span = arg->span,
          .is_quoted = arg->kind == AST_PLAIN && !arg->is_bare };

  g_array_append_val (items, item);
}

static void
add_element (GArray *items, const Value *value, uint32_t i, SrcSpan span)
{
  const TextItem item
      = { .text = value->texts[i],
          .origin = value->origins != NULL ? value->origins[i] : NULL,
          .span = span };

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
        add_item (items, text, arg);
      return text != NULL;
    }
  if (items->len + binding->value.n_texts > MAX_ITEMS)
    {
      emit_error (emit, arg->span, "this list becomes longer than %d elements",
                  MAX_ITEMS);
      return false;
    }
  for (uint32_t i = 0; i < binding->value.n_texts; i++)
    add_element (items, &binding->value, i, arg->span);
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
        add_item (items, text, arg);
      is_good &= text != NULL;
    }
  return is_good;
}

const PlanText *
text_join (Emit *emit, const AstArg *arg, unsigned n_args)
{
  const SrcSpan span = arg->span;
  bool is_good = true;

  build_begin (emit);
  for (unsigned i = 0; i < n_args; i++, arg = arg->next)
    {
      if (i > 0)
        build_bytes (emit, " ", 1);
      is_good &= append_arg (emit, arg);
    }
  return is_good ? finish_at (emit, span) : NULL;
}

const PlanText *
text_from (Emit *emit, const PlanText *text, uint32_t from)
{
  build_begin (emit);
  build_text (emit, text, from);
  return build_finish (emit);
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

  build_begin (emit);
  build_text (emit, directory, 0);
  build_bytes (emit, "/", 1);
  build_text (emit, path, 0);
  return build_finish (emit);
}
