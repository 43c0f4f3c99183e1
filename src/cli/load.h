/* load.h - the plans that the command line names, compiled */
#pragma once

#include "cli/commands.h"
#include "suite/choose/discover.h"
#include "suite/choose/select.h"

typedef struct
{
  Plan *plan;           /* borrowed from Load.plans */
  const Target *target; /* borrowed from Load.targets */
} LoadedTarget;

typedef struct
{
  GPtrArray *targets;  /* owned; of Target */
  GHashTable *plans;   /* owned; of Plan, by Source: each compiled once */
  GArray *loaded;      /* owned; of LoadedTarget, as on the command line */
  Selection selection; /* what load_selected() chose */
} Load;

void load_init (Load *load);
void load_clear (Load *load);

/* Finds what was named, and says what is wrong with it. */
void load_targets (GPtrArray *targets, Cli *cli);

/* Reads a plan; NULL if that cannot be done, and it was said why. */
const Source *load_source (Cli *cli, const char *path);

/* Compiles all that was named.  False if anything was wrong, and said. */
bool load_plans (Load *load, Cli *cli);

/* The same, and chooses tests by the options.  Returns STATUS_PASSED, or,
 * where there are none, and that was said, the exit status. */
int load_selected (Load *load, Cli *cli);
