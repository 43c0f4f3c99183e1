/* ast.h - a plan as it was read: calls and their arguments
 *
 * The shape only; what a name means is found out later.  All nodes are in an
 * arena, texts there or in the source.
 */
#pragma once

#include "base/arena.h"
#include "base/source.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct AstPart AstPart;
typedef struct AstArg AstArg;
typedef struct AstCall AstCall;
typedef struct AstBlock AstBlock;

typedef enum
{
  AST_SIMPLE, /* $name: its end may be text, if only its beginning is known */
  AST_BRACED, /* ${name} */
  AST_LIST_OF /* $@name */
} AstVariableKind;

/* A piece of a word: a text, or a variable. */
struct AstPart
{
  AstPart *next;
  SrcSpan span;
  const char *variable; /* its name; NULL: a text */
  const char *text;     /* @n_text bytes */
  uint32_t n_text;
  uint8_t variable_kind; /* AstVariableKind */
  bool has_fallback;     /* ${name:-fallback} */
  AstPart *fallback;
};

typedef enum
{
  AST_PLAIN, /* a text that holds no variable */
  AST_PARTS, /* one that does */
  AST_LIST,  /* $@name */
  AST_BLOCK
} AstArgKind;

/* What a word holds outside of quotes that means something to a shell, and
 * nothing here. */
typedef struct
{
  char metachar;          /* the first of | & < >; 0: none */
  bool is_glob : 1;       /* * ? [...] {a,b}, or ~ at its start */
  bool is_assignment : 1; /* it begins with NAME= */
} AstHabits;

/* Small, for there are millions. */
struct AstArg
{
  AstArg *next;
  union
  {
    const char *text;     /* AST_PLAIN: @n_text bytes, no NUL behind them */
    const char *variable; /* AST_LIST: its name */
    AstPart *parts;       /* AST_PARTS */
    AstBlock *block;
  };
  SrcSpan span;
  uint32_t n_text;
  uint8_t kind;     /* AstArgKind */
  bool is_bare : 1; /* AST_PLAIN: without quotes and the like */
  bool is_here_document : 1;
  bool is_wrong : 1; /* it holds what was told to be no text */
  AstHabits habits;  /* not if it is bare: see ast_habits() */
};

/* A line: [NAME =] WORD ARGUMENT... */
struct AstCall
{
  AstCall *next;
  AstArg *name;  /* NULL: none */
  AstArg *first; /* the word; its arguments hang on it */
  AstArg *last;
  SrcSpan span; /* without blocks */
};

struct AstBlock
{
  AstCall *first;
  AstCall *last;
  SrcSpan span; /* with its braces */
};

AstArg *ast_arg_new (Arena *arena, AstArgKind kind, SrcSpan span);
AstArg *ast_plain_new (Arena *arena, const char *text, size_t n_text,
                       SrcSpan span);
AstArg *ast_block_arg_new (Arena *arena, AstBlock *block, SrcSpan span);
AstCall *ast_call_new (Arena *arena, AstArg *name, AstArg *word);
AstCall *ast_call_append (AstCall *call, AstArg *arg);
AstBlock *ast_block_new (Arena *arena);
AstBlock *ast_block_append (AstBlock *block, AstCall *call);

/* Whether it is this word, written without quotes. */
bool ast_arg_is (const AstArg *arg, const char *word);

/* Adds what a piece of a word holds; it stands outside of quotes. */
void ast_add_habits (AstHabits *habits, const char *text, size_t n_text,
                     bool is_start);
AstHabits ast_habits (const AstArg *arg);

/* Whether one of these is wrong. */
bool ast_has_wrong (const AstArg *arg);

/* The first block among these arguments; NULL if there is none. */
const AstArg *ast_find_block (const AstArg *arg);
