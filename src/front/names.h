/* names.h - the processes and threads of a test, by name
 *
 * In the report a process has one name: the one it was given, else that of its
 * command, with -1, -2... where that is taken.
 *
 * In the plan the name of a command, a bare name, means the process of that
 * command that was started last.  In a round of a loop, a macro, the block of a
 * thread, and a unit above its layers, what was started there counts alone, if
 * there is any.  Where an older one may still have run when the last one was
 * started, the words that wait and signal take the first that is not over; for
 * all others it is an error: no bare name means an old process silently.
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
  NAMES_SIGNAL, /* while it runs, and of several the first */
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

/* One of those that a name may mean. */
typedef struct
{
  const char *name; /* in the report */
  SrcSpan spawned;
  bool was_given; /* the name that is asked for, which others have by chance */
} NameChoice;

/* Tells that the name may mean any of them; the last one started last. */
void names_tell_several (Emit *emit, const char *name, SrcSpan span,
                         const NameChoice *choices, unsigned n_choices);

/* Warns, once for each name, that it meant another process in version 0.1. */
void names_warn_moved (Emit *emit, const char *name, SrcSpan span,
                       const NameChoice *now, const NameChoice *before);

void names_init (Emit *emit);

/* When a test begins. */
void names_begin (Emit *emit);
