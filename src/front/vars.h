/* vars.h - variables and macros' parameters: what $name stands for
 *
 * Bindings are a list, the newest first, in which a scope is left by going
 * back to where it began, and entered again by going forward.
 */
#pragma once

#include "front/text.h"

/* One text, or several: a list. */
typedef struct
{
  const PlanText *const *texts;
  const AstArg *const *origins; /* of each text, as in TextItem; NULL: none */
  uint32_t n_texts;
} Value;

struct Binding
{
  const Binding *older;
  const Binding *hidden; /* the older one of the same name */
  const char *name;      /* of emit->strings */
  Value value;
  SrcSpan span;
  unsigned scope;
  unsigned depth;   /* how many are older, and it */
  bool is_of_layer; /* taken over; it is not in the list */
};

/* Binds a name in the scope; an error if it is bound there already, or is
 * one that is always there.  @items are copied. */
void vars_bind (Emit *emit, const char *name, SrcSpan span,
                const TextItem *items, unsigned n_items);

/* What `let`, a parameter or a loop bound, or a layer that is used; NULL:
 * nothing did. */
const Binding *vars_find (Emit *emit, const char *name, size_t n_name);

/* The value in the environment of the children that follow; NULL: none. */
const PlanText *vars_find_in_env (Emit *emit, const char *name);

/* Where a scope begins, to go back to. */
typedef struct
{
  const Binding *bindings;
  unsigned scope;
} ScopeMark;

ScopeMark vars_enter (Emit *emit);
ScopeMark vars_mark (const Emit *emit);
unsigned vars_depth (const Emit *emit);
void vars_go_to (Emit *emit, ScopeMark mark);

/* The name most like this one; NULL: none is. */
const char *vars_nearest (const Emit *emit, const char *name);
