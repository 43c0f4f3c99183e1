#include "config.h"

#include "front/names.h"

#include "front/blocks.h"
#include "front/early.h"
#include "front/frame.h"
#include "front/late.h"
#include "front/layer.h"
#include "front/name-info.h"
#include "front/text.h"

#include <string.h>

#define MAX_NAME 128

NameInfo *
names_info_of (Emit *emit, const char *name, size_t n_name)
{
  InternEntry *const entry = intern_add (emit->names, name, n_name);

  if (entry->key == NULL)
    {
      NameInfo *const info = ARENA_NEW (emit->scratch, NameInfo);

      info->name = arena_strndup (emit->plan->arena, name, n_name);
      info->named.number = PLAN_NONE;
      info->older = emit->name_infos;
      emit->name_infos = info;
      entry->key = info->name;
      entry->value = info;
    }
  return entry->value;
}

NameInfo *
names_find_info (const Emit *emit, const char *name, size_t n_name)
{
  const InternEntry *const entry = intern_find (emit->names, name, n_name);

  return entry != NULL ? entry->value : NULL;
}

bool
names_has (const Emit *emit, const char *name, size_t n_name)
{
  const NameInfo *const info = names_find_info (emit, name, n_name);

  return info != NULL
         && (info->named.number != PLAN_NONE || info->bares != NULL);
}

Named
names_first (const NameInfo *info)
{
  const Bare *bare = info->bares;

  if (info->named.number != PLAN_NONE || bare == NULL)
    return info->named;
  while (bare->older != NULL)
    bare = bare->older;
  return bare->named;
}

/* --- Adding ----------------------------------------------------------- */

static size_t
append_number (char *name, size_t n_name, uint32_t number)
{
  char digits[12];
  size_t n_digits = 0;

  for (; number > 0; number /= 10)
    digits[n_digits++] = (char)('0' + number % 10);
  name[n_name++] = '-';
  while (n_digits > 0)
    name[n_name++] = digits[--n_digits];
  return n_name;
}

/* The base name of a command, in letters that are safe in names of files. */
static size_t
command_name (const PlanText *command, char name[MAX_NAME + 1])
{
  const char *base = command->bytes;
  size_t n = 0;

  for (const char *c = base; c < command->bytes + command->n_bytes; c++)
    if (*c == '/' && c[1] != '\0')
      base = c + 1;
  for (; *base != '\0' && *base != '/' && n < MAX_NAME; base++)
    {
      const bool is_inside = ((unsigned char)*base & 0xc0) == 0x80;
      const char *const others = n > 0 ? "_.+-" : "_";
      const bool is_safe = g_ascii_isalnum (*base) || strchr (others, *base);

      if (!is_inside)
        name[n++] = is_safe ? *base : '_';
    }
  return n > 0 ? n : g_strlcpy (name, "process", MAX_NAME + 1);
}

/* Those of layers that are called after their command count from the beginning
 * in a test: it may run the same commands, whatever its layers do. */
static bool
is_taken (const Emit *emit, const NameInfo *info)
{
  if (info->named.number != PLAN_NONE || info->is_broken)
    return true;
  if (emit->used->len == 0)
    return false;

  const LayerProcess *const process
      = layer_process (emit, info->name, strlen (info->name));

  return process != NULL && process->is_given;
}

/* What is started now. */
static void
add_bare (Emit *emit, NameInfo *base, Named named)
{
  Bare *const bare = ARENA_NEW (emit->scratch, Bare);
  Bare *const older = base->bares;
  const Frame *const frame = frame_of_line (emit);

  bare->older = older;
  bare->named = named;
  bare->op = emit->n_ops;
  bare->frame = frame != emit->outer_frame ? frame->number : 0;
  if (older != NULL)
    {
      older->newer = bare;
      bare->alone_since
          = names_was_over (emit, older->named, emit->thread, emit->n_ops)
                ? older->alone_since
                : bare->op;
    }
  base->bares = bare;
  if (base->unsettled == NULL)
    base->unsettled = bare;
}

/* A name that is free: the base, or with a number behind it. */
static NameInfo *
take_free (Emit *emit, char *name, size_t n_base, Named named)
{
  NameInfo *const base = names_info_of (emit, name, n_base);
  NameInfo *info = base;

  while (is_taken (emit, info))
    info = names_info_of (emit, name,
                          append_number (name, n_base, ++base->next_number));
  info->named = named;
  add_bare (emit, base, named);
  return info;
}

/* The name that was given; NULL if it is wrong, which was said. */
static NameInfo *
given_info (Emit *emit, const AstArg *arg)
{
  const TextView view = text_view (emit, arg, "the name of a process");
  const char *const name = view.bytes;

  if (name == NULL)
    {
      emit->lacks_names = true;
      return NULL;
    }
  if (!text_is_name_at (emit, name, arg->span))
    return NULL;
  if (strlen (name) > MAX_NAME)
    {
      emit_error (emit, arg->span,
                  "the name of a process has at most %d letters", MAX_NAME);
      emit->lacks_names = true;
      return NULL;
    }
  return names_info_of (emit, name, view.n_bytes);
}

static void
tell_taken (Emit *emit, const NameInfo *info, SrcSpan span)
{
  const uint32_t number = info->named.number;

  if (info->named.is_thread)
    {
      emit_error (emit, span, "there is a thread \"%s\" already", info->name);
      emit_note (emit, threads_get (emit, number)->span, "it is started here");
      return;
    }
  emit_error (emit, span, "there is a process \"%s\" already", info->name);
  emit_note (emit, g_array_index (emit->lives, Life, number).spawned,
             info->is_given ? "it got its name here"
                            : "it is spawned here, and called so after its "
                              "command");

  const Frame *const frame = frame_of_line (emit);

  if (frame != emit->outer_frame && frame->variable != NULL)
    emit_note (emit, span, "in a loop, put its variable into the name: %s$%s",
               info->name, frame->variable);
}

/* The process of a layer that has the name; false: none has. */
static bool
tell_taken_by_layer (Emit *emit, const NameInfo *info, SrcSpan span)
{
  const LayerProcess *const process
      = layer_process (emit, info->name, strlen (info->name));

  if (process == NULL)
    return false;
  emit_error (emit, span, "there is a process \"%s\" already", info->name);
  emit_note (emit, process->spawned,
             "it belongs to the layer \"%s\", and is spawned here",
             process->layer->name);
  return true;
}

static NameInfo *
take_given (Emit *emit, const AstArg *arg, Named named)
{
  NameInfo *const info = given_info (emit, arg);

  if (info == NULL || info->is_broken)
    return NULL;
  if (info->named.number != PLAN_NONE)
    {
      tell_taken (emit, info, arg->span);
      return NULL;
    }
  if (tell_taken_by_layer (emit, info, arg->span))
    return NULL;
  info->is_given = true;
  info->named = named;
  info->op = emit->n_ops;
  return info;
}

bool
names_add_process (Emit *emit, const AstArg *name, const PlanText *command,
                   SrcSpan span, uint32_t *process)
{
  const Named named = { .number = emit->processes->len };
  char made[MAX_NAME + 16];
  const NameInfo *const info
      = name != NULL
            ? take_given (emit, name, named)
            : take_free (emit, made, command_name (command, made), named);

  if (info == NULL)
    return false;

  const PlanProcess added
      = { .name = info->name, .spawn_op = PLAN_NONE, .wait_op = PLAN_NONE };
  const Life life
      = { .spawned = name != NULL ? name->span : span, .thread = emit->thread };

  g_array_append_val (emit->processes, added);
  g_array_append_val (emit->lives, life);
  *process = named.number;
  return true;
}

const char *
names_add_thread (Emit *emit, const AstArg *name)
{
  const Named named = { .number = emit->threads->len, .is_thread = true };
  char made[MAX_NAME + 16] = "thread";
  const NameInfo *const info
      = name != NULL ? take_given (emit, name, named)
                     : take_free (emit, made, strlen (made), named);

  return info != NULL ? info->name : NULL;
}

/* The command among the arguments of a spawn that is wrong; NULL if it cannot
 * be told. */
static const AstArg *
find_command (const AstArg *arg)
{
  while (arg != NULL && arg->kind == AST_PLAIN && arg->n_text > 0
         && arg->text[0] == '-')
    arg = arg->next;
  return arg != NULL && arg->kind == AST_PLAIN ? arg : NULL;
}

void
names_add_broken (Emit *emit, const AstArg *name, const AstArg *args)
{
  const AstArg *const command = find_command (args);
  char made[MAX_NAME + 16];
  NameInfo *info = NULL;

  if (name != NULL)
    {
      info = given_info (emit, name);
    }
  else if (command != NULL)
    {
      const PlanText *const text = text_eval (emit, command);

      info = names_info_of (emit, made, command_name (text, made));
    }
  else
    {
      emit->lacks_names = true;
    }
  if (info != NULL && (name == NULL || info->named.number == PLAN_NONE))
    info->is_broken = true;
}

/* --- The test --------------------------------------------------------- */

void
names_init (Emit *emit)
{
  emit->processes = g_array_new (FALSE, TRUE, sizeof (PlanProcess));
  emit->lives = g_array_new (FALSE, TRUE, sizeof (Life));
  early_init (emit);
  late_init (emit);
  blocks_init (emit);
}

void
names_begin (Emit *emit)
{
  intern_clear (emit->names);
  g_array_set_size (emit->processes, 0);
  g_array_set_size (emit->lives, 0);
  early_reset (emit);
  late_reset (emit);
  blocks_reset (emit);
  emit->name_infos = NULL;
  emit->n_body_ops = PLAN_NONE;
  emit->place.first_op = PLAN_NONE;
  emit->lacks_names = emit->lacks_file;
  emit->lacks_values = emit->lacks_file;
}
