#include "config.h"

#include "front/ast.h"

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
