/* options.h - what stands between spawn or run and the command */
#pragma once

#include "front/emit.h"

/* The options of one spawn, as far as they were read. */
typedef struct
{
  PlanContext context; /* the settings', with changes */
  bool is_run;
  bool has_changes;
  bool has_stdin;
  uint8_t flags;     /* PlanProcessFlags */
  int64_t microsecs; /* --within=; 0: not given */
  int status;        /* --status=; -1: not given */
} SpawnOptions;

void options_init (Emit *emit, SpawnOptions *options, bool is_run);

/* Reads one: "--cwd=DIR".  False if something is wrong, which was told. */
bool options_read (Emit *emit, SpawnOptions *options, const PlanText *text,
                   SrcSpan span);

/* The context they make. */
const PlanContext *options_context (Emit *emit, const SpawnOptions *options);

/* The context of a spawn without options. */
const PlanContext *options_settings_context (Emit *emit);

void options_append_list (GString *out);
