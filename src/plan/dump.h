/* dump.h - operations and their operands as texts, for dump.c and dump-op.c */
#pragma once

#include "plan/plan.h"

typedef struct
{
  const Plan *plan;
  const PlanTest *test;
  GString *out;
} Dump;

/* A text as a word of a plan: in quotes where it needs them. */
void dump_word (const Dump *dump, const PlanText *text);
/* " --cwd=DIR"; nothing if the value is NULL. */
void dump_option (const Dump *dump, const char *name, const PlanText *value);
/* What a process starts with, and its command. */
void dump_command (const Dump *dump, const PlanProcess *process);
