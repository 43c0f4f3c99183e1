#include "config.h"

#include "front/checking.h"

#include "base/nearest.h"
#include "front/names.h"
#include "front/stream.h"
#include "front/words.h"

const CheckMeasure checking_measures[N_MEASURES] = {
#define MEASURE(NAME, name, text, unit, help) { text, help, CHECK_UNIT_##unit },
#include "plan/measures.def"
#undef MEASURE
};

const CheckCompare checking_compares[N_COMPARES] = {
#define COMPARE(NAME, name, text, takes_value, is_order)                       \
  { text, takes_value, is_order },
#include "plan/compares.def"
#undef COMPARE
};

PlanCompare
checking_find_compare (const AstArg *arg)
{
  unsigned i = 0;

  while (i < N_COMPARES
         && (arg == NULL || !ast_arg_is (arg, checking_compares[i].name)))
    i++;
  return (PlanCompare)i;
}

PlanMeasure
checking_find_measure (const AstArg *arg)
{
  unsigned i = 0;

  while (i < N_MEASURES && !ast_arg_is (arg, checking_measures[i].name))
    i++;
  return (PlanMeasure)i;
}

bool
checking_is_of_process (const AstArg *arg)
{
  return arg != NULL
         && (stream_from_arg (arg) >= 0
             || checking_find_measure (arg) < N_MEASURES);
}

bool
checking_is_file (const Emit *emit, const AstArg *arg)
{
  return ast_arg_is (arg, "file") && arg->next != NULL
         && !(names_has (emit, arg->text, arg->n_text)
              && checking_is_of_process (arg->next));
}

/* --- Mistakes ---------------------------------------------------------- */

static void
tell_no_compare (Emit *emit, const AstArg *arg)
{
  g_autoptr (GString) all = g_string_new (NULL);
  const char *const shown = emit_shown_arg (emit, arg);
  Nearest nearest;

  nearest_init (&nearest, shown);
  for (unsigned i = 0; i < N_COMPARES; i++)
    {
      g_string_append_printf (all, " %s", checking_compares[i].name);
      nearest_try (&nearest, checking_compares[i].name);
    }
  emit_error (emit, arg->span, "\"%s\" does not compare", shown);
  if (nearest.best != NULL || ast_arg_is (arg, "="))
    emit_note (emit, arg->span, "did you mean \"%s\"?",
               nearest.best != NULL ? nearest.best : "==");
  else
    emit_note (emit, arg->span, "what compares:%s", all->str);
}

void
checking_note_forms (Emit *emit, SrcSpan span)
{
  emit_note (emit, span, "%s is like %s", type_name (TYPE_COMPARISON),
             type_example (TYPE_COMPARISON));
}

static bool
tell_incomplete (Emit *emit, const AstArg *arg, SrcSpan span)
{
  const AstArg *const second = arg != NULL ? arg->next : NULL;
  const AstArg *const third = second != NULL ? second->next : NULL;

  if (second == NULL)
    {
      emit_error (emit, arg != NULL ? arg->span : span, "%s is missing here",
                  type_name (TYPE_COMPARISON));
      checking_note_forms (emit, arg != NULL ? arg->span : span);
    }
  else if (third != NULL
           && (checking_is_of_process (second) || ast_arg_is (arg, "file")))
    tell_no_compare (emit, third);
  else if (checking_is_of_process (second) || ast_arg_is (arg, "file"))
    {
      emit_error (emit, second->span, "this is compared with nothing");
      checking_note_forms (emit, second->span);
    }
  else
    tell_no_compare (emit, second);
  return false;
}

/* --------------------------------------------------------------------- */

bool
checking_split (Checking *checking, const AstArg *arg, SrcSpan span)
{
  const AstArg *const second = arg != NULL ? arg->next : NULL;
  const AstArg *const third = second != NULL ? second->next : NULL;
  const bool is_file = arg != NULL && checking_is_file (checking->emit, arg);

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
    return tell_incomplete (checking->emit, arg, span);
  checking->right = checking->compare->next;
  return true;
}

void
checking_append_list (GString *out)
{
  for (unsigned i = 0; i < N_MEASURES; i++)
    g_string_append_printf (out, "  %-13s %s\n", checking_measures[i].name,
                            checking_measures[i].help);
}
