#include "config.h"

#include "front/checking.h"

#include "front/names.h"
#include "front/words.h"

/* --- Mistakes ----------------------------------------------------------- */

static void
note_compares (Emit *emit, SrcSpan span)
{
  g_autoptr (GString) all = g_string_new (NULL);

  for (unsigned i = 0; i < N_COMPARES; i++)
    g_string_append_printf (all, " %s", checking_compares[i].name);
  emit_note (emit, span, "what compares:%s", all->str);
}

static void
note_parts (Emit *emit, SrcSpan span)
{
  g_autoptr (GString) all = g_string_new ("stdout, stderr");

  for (unsigned i = 0; i < N_MEASURES; i++)
    g_string_append_printf (all, ", %s", checking_measures[i].name);
  emit_note (emit, span, "a process has: %s", all->str);
}

void
checking_note_forms (Emit *emit, SrcSpan span)
{
  emit_note (emit, span, "%s is like %s", type_name (TYPE_COMPARISON),
             type_example (TYPE_COMPARISON));
}

/* "p not contains x" */
static bool
note_not (Emit *emit, const AstArg *arg)
{
  if (!ast_arg_is (arg, "not") && !ast_arg_is (arg, "!"))
    return false;
  emit_note (emit, arg->span, "\"not\" stands first, right behind \"check\"");
  return true;
}

static bool
tell_no_compare (Emit *emit, const AstArg *arg)
{
  const char *const shown = emit_shown_arg (emit, arg);
  Nearest nearest;

  nearest_init (&nearest, shown);
  checking_try_compares (&nearest, arg);
  emit_error (emit, arg->span, "\"%s\" does not compare", shown);
  if (note_not (emit, arg))
    return false;
  if (nearest.best != NULL)
    emit_note (emit, arg->span, "did you mean \"%s\"?", nearest.best);
  else
    note_compares (emit, arg->span);
  return false;
}

/* How a process ends is no part of it that could be checked. */
static bool
is_status (const AstArg *arg)
{
  return ast_arg_is (arg, "status") || ast_arg_is (arg, "exit")
         || ast_arg_is (arg, "code");
}

static bool
tell_no_part (Emit *emit, const AstArg *arg)
{
  const char *const shown = emit_shown_arg (emit, arg);
  Nearest nearest;

  nearest_init (&nearest, shown);
  checking_try_parts (&nearest, arg);
  emit_error (emit, arg->span, "\"%s\" is nothing that a process has", shown);
  if (note_not (emit, arg))
    return false;
  if (is_status (arg))
    emit_note (emit, arg->span,
               "how a process is to end says the \"wait\" for it: wait web 0");
  else if (nearest.best != NULL)
    emit_note (emit, arg->span, "did you mean \"%s\"?", nearest.best);
  else
    note_parts (emit, arg->span);
  return false;
}

/* Behind the name of a process both could stand. */
static bool
tell_neither (Emit *emit, const AstArg *arg)
{
  const char *const shown = emit_shown_arg (emit, arg);
  Nearest part, compare;

  nearest_init (&part, shown);
  nearest_init (&compare, shown);
  checking_try_parts (&part, arg);
  checking_try_compares (&compare, arg);
  if (part.best != NULL || is_status (arg))
    return tell_no_part (emit, arg);
  if (compare.best != NULL)
    return tell_no_compare (emit, arg);

  emit_error (emit, arg->span,
              "\"%s\" does not compare, nor is it something that a process has",
              shown);
  if (note_not (emit, arg))
    return false;
  note_compares (emit, arg->span);
  note_parts (emit, arg->span);
  return false;
}

static bool
tell_missing (Emit *emit, SrcSpan span)
{
  emit_error (emit, span, "%s is missing here", type_name (TYPE_COMPARISON));
  checking_note_forms (emit, span);
  return false;
}

static bool
tell_no_path (Emit *emit, const AstArg *file)
{
  emit_error (emit, file->span, "%s is missing behind \"file\"",
              type_name (TYPE_PATH));
  emit_note (emit, file->span, "it is like file \"out.txt\" == \"text\"");
  return false;
}

static bool
tell_not_compared (Emit *emit, const AstArg *arg)
{
  emit_error (emit, arg->span, "this is compared with nothing");
  checking_note_forms (emit, arg->span);
  return false;
}

/* "file", which is not the name of a process. */
static bool
is_file_word (const Emit *emit, const AstArg *arg)
{
  return ast_arg_is (arg, "file") && !checking_is_name_of (emit, arg);
}

static bool
tell_incomplete (Emit *emit, const AstArg *arg, SrcSpan span)
{
  const AstArg *const second = arg != NULL ? arg->next : NULL;

  if (arg == NULL)
    return tell_missing (emit, span);
  if (second == NULL)
    return is_file_word (emit, arg) ? tell_no_path (emit, arg)
                                    : tell_missing (emit, arg->span);
  if (checking_is_of_process (second) || ast_arg_is (arg, "file"))
    return second->next != NULL ? tell_no_compare (emit, second->next)
                                : tell_not_compared (emit, second);
  return checking_is_name_of (emit, arg) ? tell_neither (emit, second)
                                         : tell_no_compare (emit, second);
}

/* --- What the left side is about ----------------------------------------- */

/* "stdout web", where "web stdout" is right. */
static bool
is_swapped (Emit *emit, const AstArg *part, const AstArg *process)
{
  const SrcSpan span = { part->span.begin, process->span.end };
  Nearest nearest;

  if (checking_is_name_of (emit, part) || !checking_is_name_of (emit, process))
    return false;
  nearest_init (&nearest, emit_shown_arg (emit, part));
  checking_try_parts (&nearest, part);
  if (nearest.best == NULL)
    return false;
  emit_error (emit, span, "the process stands before what is asked of it");
  emit_note (emit, span, "did you mean \"%s %s\"?",
             emit_shown_arg (emit, process), nearest.best);
  return true;
}

static bool
tell_no_process (Emit *emit, const AstArg *part)
{
  emit_error (emit, part->span, "the name of a process is missing before this");
  checking_note_forms (emit, part->span);
  return false;
}

/* "stdout" and the like, which is not the name of a process. */
static bool
is_part_word (const Emit *emit, const AstArg *arg)
{
  return checking_is_of_process (arg) && !checking_is_name_of (emit, arg);
}

static bool
is_about_something (Emit *emit, const AstArg *left, const AstArg *what)
{
  if (what != NULL && !checking_is_file (emit, left)
      && !checking_is_of_process (what))
    {
      if (!is_swapped (emit, left, what))
        tell_no_part (emit, what);
      return false;
    }
  if (what == NULL && is_file_word (emit, left) && !emit->lacks_names)
    return tell_no_path (emit, left);
  if (what == NULL && is_part_word (emit, left) && !emit->lacks_names)
    return tell_no_process (emit, left);
  return true;
}

/* "not", and not a process of that name. */
static bool
is_not_word (const Emit *emit, const AstArg *arg)
{
  return arg != NULL && ast_arg_is (arg, "not") && arg->next != NULL
         && !(checking_is_name_of (emit, arg)
              && (checking_is_of_process (arg->next)
                  || checking_find_compare (arg->next) < N_COMPARES));
}

bool
checking_split (Checking *checking, const AstArg *arg, SrcSpan span)
{
  Emit *const emit = checking->emit;

  for (; is_not_word (emit, arg); arg = arg->next)
    checking->is_not = !checking->is_not;

  const AstArg *const second = arg != NULL ? arg->next : NULL;
  const AstArg *const third = second != NULL ? second->next : NULL;
  const bool is_file = arg != NULL && checking_is_file (emit, arg);

  checking->left = arg;
  if (checking_find_compare (third) < N_COMPARES
      && (is_file || checking_find_compare (second) == N_COMPARES))
    {
      checking->what = second;
      checking->compare = third;
    }
  else if (checking_find_compare (second) < N_COMPARES)
    checking->compare = second;
  else
    return tell_incomplete (emit, arg, span);
  checking->right = checking->compare->next;
  return is_about_something (emit, checking->left, checking->what);
}
