/* commands.h - what proctor can be told to do */
#pragma once

#include "cli/settings.h"
#include "suite/status.h"

/* What commands work with. */
typedef struct
{
  Settings settings;
  bool is_hurried; /* the run was ended, or nobody reads: nothing waits */
  int n_words; /* of the driver, which reads them itself: from "driver" on */
  char **words;
  Sources *sources; /* owned */
  Diag *diag;       /* owned; printed to standard error at the end */
} Cli;

/* Returns the exit status, suite/status.h. */
typedef int CommandFunc (Cli *cli);

CommandFunc command_run, command_check, command_ops, command_list,
    command_words, command_fmt, command_history, command_driver;

typedef struct
{
  const char *name;
  CommandBit bit;
  CommandFunc *run;
  const char *args;
  const char *summary;
} Command;

#define N_COMMANDS 8
extern const Command command_table[N_COMMANDS];

/* NULL: there is none. */
const Command *command_find (const char *name);

/* What --help shows about it; NULL: about all. */
void command_append_help (GString *out, const Command *command);
