/* names.h - the processes and threads of a test, by name
 *
 * A process has one name: the one it was given, else that of its command, with
 * -1, -2... where that is taken.  In a round of a loop, or in a macro, the
 * names of the processes that were spawned there are counted from the
 * beginning: there, `wait echo` is for the `echo` of this round.
 */
#pragma once

#include "front/emit.h"

/* What has a name: one of the test's processes, or a thread. */
typedef struct
{
  uint32_t number; /* PLAN_NONE: nothing */
  bool is_thread;
} Named;

/* Adds a process under the name that it was given, or, if that is NULL, under
 * one made from its command.  An error if the name is taken, and false. */
bool names_add_process (Emit *emit, const AstArg *name, const PlanText *command,
                        SrcSpan span, uint32_t *process);

/* The same for a thread, which is the next one; returns its name, or NULL. */
const char *names_add_thread (Emit *emit, const AstArg *name);

/* Remembers what could not be added, so that its uses are no errors.  @name is
 * what it was to be called; NULL: after the command, one of @args. */
void names_add_broken (Emit *emit, const AstArg *name, const AstArg *args);

/* How a process is going to be used. */
typedef enum
{
  NAMES_WAIT,   /* until it has ended */
  NAMES_USE,    /* while it runs */
  NAMES_READ,   /* what it printed, whether it runs or has ended */
  NAMES_MEASURE /* what it used, the same; only a layer's must run */
} NamesUse;

/* The process of that name, which must be fit for that; else it is an error (or
 * was one already), and false. */
bool names_find (Emit *emit, const char *name, size_t n_name, SrcSpan span,
                 NamesUse use, uint32_t *process);

/* The process or thread of that name, to wait for it. */
bool names_find_ending (Emit *emit, const char *name, size_t n_name,
                        SrcSpan span, Named *named);

/* Whether there is one of that name. */
bool names_has (const Emit *emit, const char *name, size_t n_name);

void names_init (Emit *emit);

/* When a test begins. */
void names_begin (Emit *emit);

/* When a round or a macro is left, and entered again. */
void names_leave (Emit *emit, Frame *frame);
void names_reenter (Emit *emit, Frame *frame);
