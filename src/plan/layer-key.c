#include "config.h"

#include "plan/layer-key.h"

#include <string.h>

/* All that is written is of known length, or behind its length, so that two
 * different layers cannot be written alike. */
typedef struct
{
  const Plan *plan;
  const PlanLayer *layer;
  GString *out;
} Key;

/* Who adds a field to one of these structures adds it below as well: if it
 * makes a difference to what a layer does, to the function named behind it. */
#define COVERS(Type, size)                                                     \
  G_STATIC_ASSERT (sizeof (void *) != 8 || sizeof (Type) == (size))

COVERS (PlanText, 16);    /* put_text */
COVERS (PlanStatus, 48);  /* put_status */
COVERS (PlanEnv, 24);     /* put_env */
COVERS (PlanLimit, 16);   /* put_limits */
COVERS (PlanContext, 72); /* put_context */
COVERS (PlanSpawn, 16);   /* put_spawn */
COVERS (PlanProcess, 40); /* put_process */
COVERS (PlanExpect, 40);  /* put_expect */
COVERS (PlanAwait, 32);   /* put_await */
COVERS (PlanSend, 16);    /* put_send */
COVERS (PlanCheck, 40);   /* put_check */
COVERS (PlanFile, 32);    /* put_file */
COVERS (PlanAdopt, 24);   /* put_adopt */
COVERS (PlanOp, 24);      /* put_op */
COVERS (PlanSection, 16); /* put_section */
COVERS (PlanBlock, 64);   /* put_block */
COVERS (PlanValue, 24);   /* put_value */
COVERS (PlanTest, 160);   /* put_unit */
COVERS (PlanLayer, 176);  /* layer_key_make */

G_STATIC_ASSERT (OP_NO_LIMIT == 1 << 21); /* put_operands, put_more */

/* --- Pieces ------------------------------------------------------------- */

static void
put_number (const Key *key, int64_t number)
{
  g_string_append_len (key->out, (const char *)&number, sizeof number);
}

static void
put_bytes (const Key *key, const char *bytes, size_t n_bytes)
{
  put_number (key, (int64_t)n_bytes);
  g_string_append_len (key->out, bytes, (gssize)n_bytes);
}

/* Whether there is something, which then follows. */
static bool
put_presence (const Key *key, const void *thing)
{
  put_number (key, thing != NULL);
  return thing != NULL;
}

static void
put_string (const Key *key, const char *string)
{
  if (put_presence (key, string))
    put_bytes (key, string, strlen (string));
}

/* An operation, counted from the first of the layer. */
static void
put_place (const Key *key, uint32_t op)
{
  put_number (key, op == PLAN_NONE
                       ? -1
                       : (int64_t)op - (int64_t)key->layer->unit.first_op);
}

static void
put_text (const Key *key, const PlanText *text)
{
  if (!put_presence (key, text))
    return;
  put_bytes (key, text->bytes, text->n_bytes);
  put_number (key, text->n_slots);
  for (uint32_t i = 0; i < text->n_slots; i++)
    {
      put_number (key, text->slots[i].offset);
      put_number (key, text->slots[i].variable);
    }
}

static void
put_status (const Key *key, const PlanStatus *status)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (status->codes); i++)
    put_number (key, (int64_t)status->codes[i]);
  put_number (key, (int64_t)status->signals);
  put_string (key, status->text);
}

/* --- Processes ---------------------------------------------------------- */

static void
put_env (const Key *key, const PlanEnv *env)
{
  for (; put_presence (key, env); env = env->older)
    {
      put_string (key, env->name);
      put_text (key, env->value);
    }
}

static void
put_limits (const Key *key, const PlanContext *context)
{
  put_number (key, context->n_limits);
  for (uint32_t i = 0; i < context->n_limits; i++)
    {
      put_number (key, context->limits[i].resource);
      put_number (key, (int64_t)context->limits[i].value);
    }
}

static void
put_context (const Key *key, const PlanContext *context)
{
  put_text (key, context->cwd);
  put_env (key, context->env);
  put_text (key, context->stdin_text);
  put_text (key, context->stdout_path);
  put_limits (key, context);
  put_string (key, context->user);
  put_number (key, context->umask);
  put_number (key, context->nice);
  put_number (key, context->stdin_kind);
  put_number (key, context->merge);
  put_number (key, context->log_pipe);
  put_number (key, context->pty);
  put_number (key, context->pty_rows);
  put_number (key, context->pty_columns);
}

static void
put_spawn (const Key *key, const PlanSpawn *spawn)
{
  if (!put_presence (key, spawn))
    return;
  put_context (key, spawn->context);
  put_number (key, spawn->n_argv);
  for (uint32_t i = 0; i < spawn->n_argv; i++)
    put_text (key, spawn->argv[i]);
}

/* One of another layer is what the key of that one says. */
static void
put_process (const Key *key, const PlanProcess *process)
{
  put_string (key, process->name);
  put_number (key, process->flags);
  if (process->flags & PLAN_OF_LAYER)
    {
      put_number (key, process->layer);
      put_number (key, process->number);
      return;
    }
  put_spawn (key, process->spawn);
  put_place (key, process->spawn_op);
  put_place (key, process->wait_op);
}

static void
put_value (const Key *key, const PlanValue *value)
{
  put_string (key, value->name);
  put_number (key, value->layer);
  put_number (key, value->number);
}

/* --- Operations --------------------------------------------------------- */

static void
put_expect (const Key *key, const PlanExpect *expect)
{
  put_text (key, expect->pattern);
  put_text (key, expect->unless);
  put_number (key, expect->n_values);
  for (uint32_t i = 0; i < expect->n_values; i++)
    put_number (key, expect->values[i]);
  put_number (key, expect->stream);
  put_number (key, expect->microsecs);
}

static void
put_await (const Key *key, const PlanAwait *await)
{
  put_text (key, await->target);
  put_text (key, await->cwd);
  put_number (key, await->is_not);
  put_number (key, await->microsecs);
}

static void
put_send (const Key *key, const PlanSend *send)
{
  put_text (key, send->text);
  put_number (key, send->microsecs);
}

static void
put_check (const Key *key, const PlanCheck *check)
{
  put_text (key, check->left);
  put_text (key, check->right);
  put_text (key, check->cwd);
  put_number (key, check->subject);
  put_number (key, check->compare);
  put_number (key, check->measure);
  put_number (key, check->stream);
  put_number (key, check->right_is_file);
  put_number (key, check->is_not);
  put_number (key, check->microsecs);
}

static void
put_file (const Key *key, const PlanFile *file)
{
  put_text (key, file->path);
  put_text (key, file->cwd);
  put_text (key, file->text);
  put_number (key, file->mode);
  put_number (key, file->umask);
}

static void
put_adopt (const Key *key, const PlanAdopt *adopt)
{
  put_text (key, adopt->pidfile);
  put_text (key, adopt->cwd);
  put_number (key, adopt->microsecs);
}

/* The operands that have a structure of their own. */
static void
put_more (const Key *key, const PlanOp *op, unsigned operands)
{
  if (operands & OP_HAS_EXPECT)
    put_expect (key, op->expect);
  if (operands & OP_HAS_AWAIT)
    put_await (key, op->await);
  if (operands & OP_HAS_SEND)
    put_send (key, op->send);
  if (operands & OP_HAS_CHECK)
    put_check (key, op->check);
  if (operands & OP_HAS_FILE)
    put_file (key, op->file);
  if (operands & OP_HAS_ADOPT)
    put_adopt (key, op->adopt);
}

/* OP_HAS_COMMAND: it is put with the processes. */
static void
put_op (const Key *key, const PlanOp *op)
{
  const unsigned operands = op_operands (op->code);

  put_string (key, op_name (op->code));
  put_number (key, op->flags);
  if (operands & (OP_HAS_PROCESS | OP_HAS_BLOCK))
    put_number (key, op->process);
  if (operands & OP_HAS_STATUS)
    put_status (key, &key->plan->statuses[op->status]);
  if (operands & (OP_HAS_SIGNAL | OP_HAS_SECTION | OP_HAS_STREAM))
    put_number (key, op->signal);
  if (operands & (OP_HAS_LIMIT | OP_HAS_GRACE | OP_HAS_TIME))
    put_number (key, op->microsecs);
  if (operands & OP_HAS_TEXT)
    put_text (key, op->text);
  if (operands & OP_HAS_NEXT)
    put_place (key, op->next);
  if (operands & OP_HAS_VALUE)
    put_number (key, op->value);
  put_more (key, op, operands);
}

static void
put_section (const Key *key, const PlanSection *section)
{
  put_place (key, section->first_op);
  put_number (key, section->n_ops);
  put_place (key, section->defer_op);
  put_number (key, section->is_teardown);
}

static void
put_block (const Key *key, const PlanBlock *block)
{
  put_number (key, block->kind);
  put_string (key, block->name);
  put_place (key, block->first_op);
  put_number (key, block->n_ops);
  put_number (key, block->outer);
  put_number (key, block->microsecs);
  put_number (key, block->every_microsecs);
  put_number (key, block->is_quiet);
}

/* --- The layer ---------------------------------------------------------- */

/* A layer has no tags, locks and level. */
static void
put_unit (const Key *key, const PlanTest *unit)
{
  put_string (key, unit->name);
  put_string (key, unit->skip_reason);
  put_number (key, unit->leftovers);
  put_number (key, unit->limit_microsecs);
  put_number (key, unit->least_microsecs);
  put_number (key, unit->grace_microsecs);
  put_number (key, unit->n_layers);
  for (uint32_t i = 0; i < unit->n_layers; i++)
    put_string (key, key->plan->layers[unit->layers[i]].key);
  put_number (key, unit->n_processes);
  for (uint32_t i = 0; i < unit->n_processes; i++)
    put_process (key, &unit->processes[i]);
  put_number (key, unit->n_values);
  for (uint32_t i = 0; i < unit->n_values; i++)
    put_value (key, &unit->values[i]);
  put_number (key, unit->n_blocks);
  for (uint32_t i = 0; i < unit->n_blocks; i++)
    put_block (key, &unit->blocks[i]);
  put_number (key, unit->n_sections);
  for (uint32_t i = 0; i < unit->n_sections; i++)
    put_section (key, &unit->sections[i]);
  put_number (key, unit->n_ops);
  for (uint32_t i = 0; i < unit->n_ops; i++)
    put_op (key, &key->plan->ops[unit->first_op + i]);
}

const char *
layer_key_make (const Plan *plan, uint32_t number, const char *builddir)
{
  const PlanLayer *const layer = &plan->layers[number];
  const Source *const source
      = sources_find (plan->sources, layer->unit.span.begin);
  g_autofree char *path = g_canonicalize_filename (source->name, builddir);
  g_autoptr (GString) out = g_string_new (NULL);
  const Key key = { .plan = plan, .layer = layer, .out = out };

  put_string (&key, path);
  put_number (&key, layer->sharing);
  put_unit (&key, &layer->unit);

  g_autofree char *digest = g_compute_checksum_for_data (
      G_CHECKSUM_SHA256, (const guchar *)out->str, out->len);
  g_autofree char *made = g_strdup_printf ("%s %s", layer->unit.name, digest);

  return arena_strndup (plan->arena, made, strlen (made));
}
