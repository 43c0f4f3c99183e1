/* check.h - the arguments of a call against the parameters of its word */
#pragma once

#include "front/emit.h"
#include "front/names.h"

/* What was given for a parameter. */
typedef struct
{
  const AstArg *ast; /* the first of them; NULL: nothing was */
  unsigned n;        /* how many, of SOME, REST and KEYS */
  union
  {
    int64_t microsecs;
    int64_t number;
    const char *name;
    const PlanText *text;
    const AstBlock *block;
    uint32_t process;
    Named ending;
    uint16_t status;
    int signal;
    int stream;
  };
} Arg;

struct Call
{
  const AstCall *ast;
  const Word *word;
  SrcSpan span;
  Arg args[MAX_PARAMS]; /* in the order of the parameters */
};

/* Finds which argument is for which parameter, and what each means; those of
 * SOME and REST are left to the word.  False if something is wrong, which was
 * told. */
bool check_call (Emit *emit, Call *call);

/* What the items of a list mean, for words that look at them themselves. */
bool check_process_as (Emit *emit, const AstArg *ast, NamesUse use,
                       uint32_t *process);
bool check_status (Emit *emit, const AstArg *ast, Arg *arg);
bool check_duration (Emit *emit, const AstArg *ast, Arg *arg);
bool check_name (Emit *emit, const AstArg *ast, Arg *arg);
bool check_sharing (Emit *emit, const AstArg *ast, Arg *arg);
bool check_leftovers (Emit *emit, const AstArg *ast, Arg *arg);

/* The limit that was given, or the `timeout`. */
int64_t check_limit (const Emit *emit, const Arg *within);

/* Octal, for files: "022"; -1 if it is none. */
int check_mode_text (const char *text);
