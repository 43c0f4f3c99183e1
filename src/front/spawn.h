/* spawn.h - commands that become processes */
#pragma once

#include "front/emit.h"
#include "front/options.h"

/* A command with its options, as it was read. */
typedef struct
{
  const PlanSpawn *spawn;
  SpawnOptions options;
  SrcSpan command_span;
} Command;

/* Reads "[OPTION...] COMMAND ARGUMENT...", all that follow @arg and it. */
bool spawn_read (Emit *emit, const AstArg *arg, SrcSpan span, bool is_run,
                 Command *command);

/* Adds the process, and the operation that starts it; the name is what was
 * given, or NULL. */
bool spawn_emit (Emit *emit, const AstArg *name, const Command *command,
                 SrcSpan span, uint32_t *process);
