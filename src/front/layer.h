/* layer.h - the layers of a plan, from their blocks to their operations
 *
 *   1. layer_add() notes each while the file is gone through;
 *   2. layer_order() finds out, at its end, what each extends;
 *   3. layer_expand_all() expands them, each after those it extends, before
 *      the tests;
 *   4. layer_use() makes one, and all that it stands on, a layer of the test
 *      (or layer) that is expanded.
 *
 * What the set-up has named is seen by those that use it: its processes, its
 * values, and its constants.  They are taken over when they are first used, so
 * that a layer costs a test no more than that.
 */
#pragma once

#include "front/late.h"
#include "front/names.h"
#include "front/tests.h"

/* That something has been taken over, by which unit, and as what. */
typedef struct
{
  unsigned unit; /* of emit->n_units; 0: by none */
  uint32_t index;
} Taken;

/* A process that those who use the layer may use. */
typedef struct
{
  Layer *layer;
  PlanProcess process;
  uint32_t number; /* in the layer's unit */
  SrcSpan spawned;
  SrcSpan gone;  /* where the set-up has waited for it; or none */
  bool is_given; /* its name was, and is not that of its command */
  Taken taken;
} LayerProcess;

/* What a name means to those who use the layer. */
typedef struct
{
  LayerProcess *last;   /* NULL: what it is may not be there */
  LayerProcess *open;   /* the first that is not over; NULL: none is */
  LayerProcess *before; /* what version 0.1 took; NULL: nothing */
  NameChoice *several;  /* any of these, for most words; NULL: the last */
  unsigned n_several;
} LayerName;

/* A value or a constant, the same. */
typedef struct
{
  Value value;
  SrcSpan span;
  unsigned taken_by;
  const Binding *taken;
} LayerBinding;

struct Layer
{
  Layer *older;
  const char *name;
  SrcSpan span;
  const AstBlock *block;
  State state;
  LayerUse *extended; /* the last first */

  Layer *next;    /* in the order in which they are expanded */
  LayerUse *via;  /* the one that is being looked at */
  unsigned depth; /* of those that stand on each other, with it */
  bool is_open;
  bool is_ordered;
  bool is_unsure; /* what it gives is not known: uses are no errors */

  const AstCall *extends; /* the lines in it; NULL: there is none */
  const AstCall *shares;
  const AstCall *setup;
  const AstCall *teardown;
  PlanSharing sharing;

  Layer **below; /* all that it stands on, each after those it extends */
  uint32_t n_below;
  uint32_t number;   /* in the plan */
  Intern *processes; /* owned: to LayerName */
  Intern *bindings;  /* owned: to LayerBinding */
  Taken *values;     /* of its unit */
  unsigned used_by;  /* the last unit that uses it */
  uint32_t index;    /* in its layers */
};

/* One of the layers of the unit. */
typedef struct
{
  Layer *layer;
  SrcSpan span; /* where it is used */
} UsedLayer;

void layer_init_all (Emit *emit);
void layer_clear_all (Emit *emit);

void layer_add (Emit *emit, const char *name, SrcSpan span,
                const AstBlock *block);

/* NULL: there is none, which was told. */
Layer *layer_find (Emit *emit, const LayerUse *use);

/* Returns the first to expand. */
Layer *layer_order (Emit *emit);
void layer_expand_all (Emit *emit);

/* --- Using them (layer-use.c) ------------------------------------------- */

/* Adds the layers that @args name to @uses. */
void layer_read_uses (Emit *emit, const AstArg *arg, unsigned n_args,
                      LayerUse **uses);
/* The oldest first. */
void layer_use_all (Emit *emit, const LayerUse *uses);

/* Their numbers in the plan, for its unit. */
const uint32_t *layer_keep_used (Emit *emit);

/* --- What they give (layer-give.c) --------------------------------------- */

/* At the end of its set-up. */
void layer_give_all (Emit *emit, Layer *layer);

/* --- Taking that over (layer-take.c) ------------------------------------- */

/* A process of the unit's layers; NULL: there is none. */
const LayerProcess *layer_process (const Emit *emit, const char *name,
                                   size_t n_name);

/* The same as a process of the unit; told if two layers have one, or if it may
 * be any of several. */
Found layer_take_process (Emit *emit, const char *name, size_t n_name,
                          SrcSpan span, NamesUse use, uint32_t *process);

/* A value or a constant of the unit's layers; NULL: there is none. */
const Binding *layer_take_binding (Emit *emit, const char *name, size_t n_name);

/* The layer that a process of the unit belongs to; NULL: none. */
const Layer *layer_of_process (const Emit *emit, uint32_t process);
/* Whether it belongs to none; if it does, this was told. */
bool layer_is_own_process (Emit *emit, uint32_t process, SrcSpan span);

/* Notes under "there is no ...": a layer that would give it. */
void layer_note_giver (Emit *emit, const char *name, bool is_process,
                       SrcSpan span);
