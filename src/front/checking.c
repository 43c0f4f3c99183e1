#include "config.h"

#include "front/checking.h"

#include "front/names.h"
#include "front/stream.h"

const CheckMeasure checking_measures[N_MEASURES] = {
#define MEASURE(NAME, name, text, unit, help) { text, help, CHECK_UNIT_##unit },
#include "plan/measures.def"
#undef MEASURE
};

const CheckCompare checking_compares[N_COMPARES] = {
#define COMPARE(NAME, name, text, takes_value, is_order, OPPOSITE)             \
  { text, takes_value, is_order, COMPARE_##OPPOSITE },
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
checking_is_name_of (const Emit *emit, const AstArg *arg)
{
  return arg->kind == AST_PLAIN && arg->is_bare
         && names_has (emit, arg->text, arg->n_text);
}

bool
checking_is_file (const Emit *emit, const AstArg *arg)
{
  return ast_arg_is (arg, "file") && arg->next != NULL
         && !(checking_is_name_of (emit, arg)
              && checking_is_of_process (arg->next));
}

void
checking_append_list (GString *out)
{
  for (unsigned i = 0; i < N_MEASURES; i++)
    g_string_append_printf (out, "  %-13s %s\n", checking_measures[i].name,
                            checking_measures[i].help);
}
