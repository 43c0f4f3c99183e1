/* names.h - the processes of a test, by name
 *
 * A process has one name: the one it was given, else that of its command, with
 * -1, -2... where that is taken.  In a round of a loop, or in a macro, the
 * names of the processes that were spawned there are counted from the
 * beginning: there, `wait echo` is for the `echo` of this round.
 */
#pragma once

#include "front/emit.h"

/* Adds a process under the name that it was given: an error if that is
 * taken, and false. */
bool names_add (Emit *emit, const AstArg *name, uint32_t *process);

/* Adds one under a name made from its command. */
uint32_t names_add_command (Emit *emit, const PlanText *command, SrcSpan span);

/* Remembers a process that could not be added, so that its uses are no errors.
 * @name is what it was to be called; NULL: after the command, one of @args. */
void names_add_broken (Emit *emit, const AstArg *name, const AstArg *args);

/* How a process is going to be used. */
typedef enum
{
  NAMES_WAIT, /* until it has ended */
  NAMES_USE
} NamesUse;

/* The process of that name, which must be running; else it is an error (or was
 * one already), and false. */
bool names_find (Emit *emit, const char *name, size_t n_name, SrcSpan span,
                 NamesUse use, uint32_t *process);

/* Whether there is one of that name. */
bool names_has (const Emit *emit, const char *name, size_t n_name);

void names_init (Emit *emit);

/* When a test begins, and when it has been expanded. */
void names_begin (Emit *emit);
void names_end (Emit *emit);

/* When a round or a macro is left, and entered again. */
void names_leave (Emit *emit, Frame *frame);
void names_reenter (Emit *emit, Frame *frame);
