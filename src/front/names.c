#include "config.h"

#include "front/names.h"

#include "front/frame.h"
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
      info->process = PLAN_NONE;
      info->older = emit->name_infos;
      emit->name_infos = info;
      entry->key = info->name;
      entry->value = info;
    }
  return entry->value;
}

const NameInfo *
names_find_info (const Emit *emit, const char *name, size_t n_name)
{
  const InternEntry *const entry = intern_find (emit->names, name, n_name);

  return entry != NULL ? entry->value : NULL;
}

bool
names_has (const Emit *emit, const char *name, size_t n_name)
{
  const NameInfo *const info = names_find_info (emit, name, n_name);

  return info != NULL && (info->process != PLAN_NONE || info->aliases != NULL);
}

static uint32_t
add_process (Emit *emit, NameInfo *info, SrcSpan span)
{
  const PlanProcess process
      = { .name = info->name, .spawn_op = PLAN_NONE, .wait_op = PLAN_NONE };
  const Life life = { .spawned = span };

  g_array_append_val (emit->processes, process);
  g_array_append_val (emit->lives, life);
  info->process = emit->processes->len - 1;
  return info->process;
}

/* --- Frames ----------------------------------------------------------- */

static Alias *
alias_of (Emit *emit, NameInfo *info)
{
  Frame *const frame = emit->frame;

  if (info->aliases != NULL && info->aliases->frame == frame)
    return info->aliases;

  Alias *alias = emit->free_aliases;

  if (alias != NULL)
    emit->free_aliases = alias->below;
  else
    alias = ARENA_NEW (emit->scratch, Alias);
  *alias = (Alias){ .below = info->aliases,
                    .in_frame = frame->aliases,
                    .frame = frame,
                    .info = info,
                    .process = PLAN_NONE };
  info->aliases = alias;
  frame->aliases = alias;
  return alias;
}

void
names_leave (Emit *emit, Frame *frame)
{
  Alias *next;

  for (Alias *alias = frame->aliases; alias != NULL; alias = next)
    {
      next = alias->in_frame;
      alias->info->aliases = alias->below;
      if (!frame->is_kept)
        {
          alias->below = emit->free_aliases;
          emit->free_aliases = alias;
        }
    }
  if (!frame->is_kept)
    frame->aliases = NULL;
}

void
names_reenter (Emit *emit, Frame *frame)
{
  (void)emit;
  for (Alias *alias = frame->aliases; alias != NULL; alias = alias->in_frame)
    {
      alias->below = alias->info->aliases;
      alias->info->aliases = alias;
    }
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

uint32_t
names_add_command (Emit *emit, const PlanText *command, SrcSpan span)
{
  char name[MAX_NAME + 16];
  const size_t n_base = command_name (command, name);
  NameInfo *const base = names_info_of (emit, name, n_base);
  NameInfo *info = base;

  while (info->process != PLAN_NONE || info->is_broken)
    info = names_info_of (emit, name,
                          append_number (name, n_base, ++base->next_number));

  const uint32_t process = add_process (emit, info, span);

  if (emit->frame == emit->outer_frame)
    return process;

  Alias *alias = alias_of (emit, base);
  const uint32_t n_before = alias->n_spawned++;

  if (n_before > 0)
    alias = alias_of (
        emit,
        names_info_of (emit, name, append_number (name, n_base, n_before)));
  alias->process = process;
  return process;
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
  if (!text_is_name (name))
    {
      emit_error (emit, arg->span, "\"%s\" cannot be a name",
                  emit_shown (emit, name, strlen (name)));
      emit_note (emit, arg->span,
                 "a name is of letters, digits, \"_\" and \"-\", and begins "
                 "with a letter or \"_\"");
      return NULL;
    }
  if (strlen (name) > MAX_NAME)
    {
      emit_error (emit, arg->span,
                  "the name of a process has at most %d letters", MAX_NAME);
      emit->lacks_names = true;
      return NULL;
    }
  return names_info_of (emit, name, view.n_bytes);
}

bool
names_add (Emit *emit, const AstArg *arg, uint32_t *process)
{
  NameInfo *const info = given_info (emit, arg);

  if (info == NULL || info->is_broken)
    return false;
  if (info->process == PLAN_NONE)
    {
      info->is_given = true;
      *process = add_process (emit, info, arg->span);
      return true;
    }

  const Life *const life = &g_array_index (emit->lives, Life, info->process);

  emit_error (emit, arg->span, "there is a process \"%s\" already", info->name);
  emit_note (emit, life->spawned,
             info->is_given ? "it got its name here"
                            : "it is spawned here, and called so after its "
                              "command");
  if (emit->frame != emit->outer_frame && emit->frame->variable != NULL)
    emit_note (emit, arg->span,
               "in a loop, put its variable into the name: %s$%s", info->name,
               emit->frame->variable);
  return false;
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
  if (info != NULL && info->process == PLAN_NONE)
    info->is_broken = true;
}

/* --- The test --------------------------------------------------------- */

void
names_init (Emit *emit)
{
  emit->processes = g_array_new (FALSE, TRUE, sizeof (PlanProcess));
  emit->lives = g_array_new (FALSE, TRUE, sizeof (Life));
  emit->early = g_array_new (FALSE, TRUE, sizeof (EarlyUse));
}

void
names_begin (Emit *emit)
{
  intern_clear (emit->names);
  g_array_set_size (emit->processes, 0);
  g_array_set_size (emit->lives, 0);
  g_array_set_size (emit->early, 0);
  emit->name_infos = NULL;
  emit->lacks_names = emit->lacks_file;
}
