/* text.h - what a word of the plan says, with the values of its variables */
#pragma once

#include "front/emit.h"

/* NULL: it cannot be said, which was told. */
const PlanText *text_eval (Emit *emit, const AstArg *arg);

/* The same where the text must be known now, and be a string; @what says what
 * it is for ("a path").  It is in the plan's arena. */
const char *text_known (Emit *emit, const AstArg *arg, const char *what);
bool text_is_known (Emit *emit, const PlanText *text, SrcSpan span,
                    const char *what);

/* The same, valid until the next text is made; no bytes: it is not known. */
typedef struct
{
  const char *bytes;
  size_t n_bytes;
} TextView;

TextView text_view (Emit *emit, const AstArg *arg, const char *what);

/* One that is an argument of a command, or the like: an error if it holds a
 * NUL. */
bool text_is_string (Emit *emit, const PlanText *text, SrcSpan span);

typedef struct
{
  const PlanText *text;
  const AstArg *origin; /* where it was written, if it then had a habit of the
                         * shell's (ast.h); else NULL */
  SrcSpan span;
  bool is_quoted;
} TextItem;

/* Appends the texts of @n_args arguments, for a list each of its elements;
 * false if one cannot be said. */
bool text_eval_all (Emit *emit, const AstArg *arg, unsigned n_args,
                    GArray *items);

/* The texts with blanks between; NULL on failure. */
const PlanText *text_join (Emit *emit, const AstArg *arg, unsigned n_args);

/* The part of a text from @begin to its end. */
const PlanText *text_from (Emit *emit, const PlanText *text, uint32_t begin);

/* A path, relative to another one unless it is absolute. */
const PlanText *text_path (Emit *emit, const PlanText *directory,
                           const PlanText *path);

/* A letter or "_", then letters, digits, "_" and "-". */
bool text_is_name (const char *text);
/* The same; if it is none, this was told. */
bool text_is_name_at (Emit *emit, const char *text, SrcSpan span);
