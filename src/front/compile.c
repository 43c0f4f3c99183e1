#include "config.h"

#include "front/compile.h"

#include "front/callable.h"
#include "front/cleanups.h"
#include "front/emit.h"
#include "front/expand.h"
#include "front/include.h"
#include "front/layer.h"
#include "front/look.h"
#include "front/names.h"
#include "front/tests.h"
#include "plan/layer-key.h"

#include <string.h>

static void
emit_init (Emit *emit, const Source *source, Sources *sources,
           const CompileOptions *options, Diag *diag)
{
  Arena *const arena = arena_new ();

  memset (emit, 0, sizeof *emit);
  emit->plan = ARENA_NEW (arena, Plan);
  emit->plan->arena = arena;
  emit->plan->sources = sources;
  emit->scratch = arena_new ();
  emit->sources = sources;
  emit->diag = diag;
  emit->n_errors = diag_n_errors (diag);
  emit->source = source;
  emit->options = options;
  emit->texts = intern_new ();
  emit->blobs = intern_new ();
  emit->strings = intern_new ();
  emit->callables = intern_new ();
  emit->programs = intern_new ();
  emit->names = intern_new ();
  emit->test_names = intern_new ();
  emit->patterns = intern_new ();
  emit->late = intern_new ();
  emit->moved_names = intern_new ();
  emit->settings.umask = -1;
  emit->settings.leftovers = UNSAID;
}

static void
emit_init_arrays (Emit *emit)
{
  emit->macros = g_ptr_array_new ();
  emit->files = g_ptr_array_new ();
  emit->setups = g_ptr_array_new ();
  emit->teardowns = g_ptr_array_new ();
  tests_init (emit);
  cleanups_init (emit);
  layer_init_all (emit);
  names_init (emit);
  emit->plan_tests = g_array_new (FALSE, TRUE, sizeof (PlanTest));
  emit->statuses = g_array_new (FALSE, TRUE, sizeof (PlanStatus));
  emit->expansions = g_array_new (FALSE, TRUE, sizeof (PlanExpansion));
  emit->slots = g_array_new (FALSE, TRUE, sizeof (PlanSlot));
  emit->text = g_string_new (NULL);
  emit->argv = g_byte_array_new ();
  emit_init_notes (emit);
  emit->n_rounds = 1;
}

static void
emit_clear (Emit *emit)
{
  Intern *const interns[]
      = { emit->texts,    emit->blobs,      emit->strings,    emit->callables,
          emit->programs, emit->names,      emit->test_names, emit->patterns,
          emit->late,     emit->moved_names };
  GPtrArray *const pointers[]
      = { emit->macros, emit->files, emit->setups, emit->teardowns };
  GArray *const arrays[]
      = { emit->plan_tests, emit->statuses,  emit->expansions, emit->slots,
          emit->tests,      emit->loose,     emit->cleanups,   emit->early,
          emit->lives,      emit->processes, emit->owed_notes, emit->values,
          emit->givings,    emit->blocks,    emit->threads };

  for (unsigned i = 0; i < G_N_ELEMENTS (interns); i++)
    intern_free (interns[i]);
  for (unsigned i = 0; i < G_N_ELEMENTS (pointers); i++)
    g_ptr_array_unref (pointers[i]);
  for (unsigned i = 0; i < G_N_ELEMENTS (arrays); i++)
    g_array_unref (arrays[i]);
  layer_clear_all (emit);
  g_string_free (emit->text, TRUE);
  g_byte_array_unref (emit->argv);
  g_free (emit->ops);
  arena_free (emit->scratch);
  plan_free (emit->plan);
}

static Plan *
finish_plan (Emit *emit)
{
  Plan *const plan = emit->plan;

  plan->path
      = emit_string (emit, emit->source->name, strlen (emit->source->name));
  plan->tests = emit_keep_array (emit, emit->plan_tests);
  plan->n_tests = emit->plan_tests->len;
  plan->statuses = emit_keep_array (emit, emit->statuses);
  plan->n_statuses = emit->statuses->len;
  plan->expansions = emit_keep_array (emit, emit->expansions);
  plan->n_expansions = emit->expansions->len;
  plan->layers = emit_keep_array (emit, emit->plan_layers);
  plan->n_layers = emit->plan_layers->len;
  plan->ops = ARENA_NEW_ARRAY (plan->arena, PlanOp, emit->n_ops);
  plan->n_ops = emit->n_ops;
  if (emit->n_ops > 0)
    memcpy (plan->ops, emit->ops, emit->n_ops * sizeof (PlanOp));
  for (uint32_t i = 0; i < plan->n_layers; i++)
    plan->layers[i].key = layer_key_make (plan, i, emit->options->builddir);
  emit->plan = NULL;
  return plan;
}

static char *
make_plan_name (const char *path)
{
  if (strcmp (path, "-") == 0)
    return g_strdup ("stdin");

  char *const name = g_path_get_basename (path);

  if (g_str_has_suffix (name, ".plan") && strlen (name) > strlen (".plan"))
    name[strlen (name) - strlen (".plan")] = '\0';
  return name;
}

/* Those that nothing calls may hold mistakes too. */
static void
look_at_unused_macros (Emit *emit)
{
  for (unsigned i = 0; i < emit->macros->len; i++)
    {
      const Macro *const macro = g_ptr_array_index (emit->macros, i);

      if (!macro->is_used)
        look_for_unknown (emit, macro->block->first);
    }
}

static void
compile (Emit *emit)
{
  const SrcSpan begin = { emit->source->base, emit->source->base };
  g_autofree char *name = make_plan_name (emit->source->name);

  emit->plan_name = emit_string (emit, name, strlen (name));
  emit->test_name = emit->plan_name;
  callable_add_words (emit);
  include_source (emit, emit->source, SRC_SPAN_NONE);
  emit_pay_notes (emit);
  if (emit->is_unsure)
    return;
  if (!emit->has_lines && diag_n_errors (emit->diag) == 0)
    emit_error (emit, begin, "there is nothing to run in this plan");
  layer_expand_all (emit);
  tests_expand (emit);
  look_at_unused_macros (emit);
  emit_pay_notes (emit);
}

Plan *
compile_plan (const Source *source, Sources *sources,
              const CompileOptions *options, Diag *diag)
{
  Emit emit;
  Plan *plan = NULL;

  emit_init (&emit, source, sources, options, diag);
  emit_init_arrays (&emit);
  compile (&emit);
  if (diag_n_errors (diag) == emit.n_errors)
    plan = finish_plan (&emit);
  emit_clear (&emit);
  return plan;
}
