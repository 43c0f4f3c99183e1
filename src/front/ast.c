#include "config.h"

#include "front/ast.h"

#include <glib.h>
#include <string.h>

AstArg *
ast_arg_new (Arena *arena, AstArgKind kind, SrcSpan span)
{
  AstArg *const arg = ARENA_NEW (arena, AstArg);

  arg->kind = (uint8_t)kind;
  arg->span = span;
  return arg;
}

AstArg *
ast_plain_new (Arena *arena, const char *text, size_t n_text, SrcSpan span)
{
  AstArg *const arg = ast_arg_new (arena, AST_PLAIN, span);

  arg->text = text;
  arg->n_text = (uint32_t)n_text;
  return arg;
}

AstArg *
ast_block_arg_new (Arena *arena, AstBlock *block, SrcSpan span)
{
  AstArg *const arg = ast_arg_new (arena, AST_BLOCK, span);

  block->span = span;
  arg->block = block;
  return arg;
}

AstCall *
ast_call_new (Arena *arena, AstArg *name, AstArg *word)
{
  AstCall *const call = ARENA_NEW (arena, AstCall);

  call->name = name;
  call->first = word;
  call->last = word;
  call->span = (SrcSpan){ .begin = (name != NULL ? name : word)->span.begin,
                          .end = word->span.end };
  return call;
}

AstCall *
ast_call_append (AstCall *call, AstArg *arg)
{
  /* The place of a call ends where its first block begins. */
  if (arg->kind != AST_BLOCK && call->span.end == call->last->span.end)
    call->span.end = arg->span.end;
  call->last->next = arg;
  call->last = arg;
  return call;
}

AstBlock *
ast_block_new (Arena *arena)
{
  return ARENA_NEW (arena, AstBlock);
}

AstBlock *
ast_block_append (AstBlock *block, AstCall *call)
{
  if (block->last != NULL)
    block->last->next = call;
  else
    block->first = call;
  block->last = call;
  return block;
}

bool
ast_arg_is (const AstArg *arg, const char *word)
{
  return arg->kind == AST_PLAIN && arg->is_bare && strlen (word) == arg->n_text
         && memcmp (arg->text, word, arg->n_text) == 0;
}

static bool
is_name (char c)
{
  return g_ascii_isalnum (c) || c == '_';
}

/* "NAME=" */
static bool
is_assignment (const char *text, size_t n_text)
{
  size_t i = 0;

  while (i < n_text && is_name (text[i]))
    i++;
  return i > 0 && i < n_text && text[i] == '=' && !g_ascii_isdigit (*text);
}

/* "[.]": whether there is a "[", something, and a "]"; "{,}": a "{", a comma
 * and a
 * "}". */
static bool
has_form (const char *text, size_t n_text, const char *form)
{
  const char *const end = text + n_text;
  const char *const open = memchr (text, form[0], n_text);

  if (open == NULL)
    return false;

  const char *const inner = form[1] != '.'
                                ? memchr (open, form[1], (size_t)(end - open))
                            : open + 1 < end ? open + 1
                                             : NULL;

  return inner != NULL && inner + 1 < end
         && memchr (inner + 1, form[2], (size_t)(end - inner - 1)) != NULL;
}

void
ast_add_habits (AstHabits *habits, const char *text, size_t n_text,
                bool is_start)
{
  for (size_t i = 0; i < n_text; i++)
    if (strchr ("|&<>", text[i]) != NULL && habits->metachar == 0)
      habits->metachar = text[i];
    else if (text[i] == '*' || text[i] == '?')
      habits->is_glob = true;

  habits->is_glob |= (is_start && n_text > 0 && *text == '~')
                     || has_form (text, n_text, "[.]")
                     || has_form (text, n_text, "{,}");
  habits->is_assignment |= is_start && is_assignment (text, n_text);
}

AstHabits
ast_habits (const AstArg *arg)
{
  AstHabits habits = arg->habits;

  if (arg->kind == AST_PLAIN && arg->is_bare)
    ast_add_habits (&habits, arg->text, arg->n_text, true);
  return habits;
}

bool
ast_has_wrong (const AstArg *arg)
{
  while (arg != NULL && !arg->is_wrong)
    arg = arg->next;
  return arg != NULL;
}

const AstArg *
ast_find_block (const AstArg *arg)
{
  while (arg != NULL && arg->kind != AST_BLOCK)
    arg = arg->next;
  return arg;
}
