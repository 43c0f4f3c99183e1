/* settings.h - what the command line, the environment and the suite file say
 *
 * One table has all options.  Those with an effect on results can be set in
 * the environment too, as PROCTOR_TIMEOUT for --timeout, and in the suite
 * file, as `timeout`.  The command line goes before the environment, and that
 * before the file.
 */
#pragma once

#include "base/diag.h"

#include <stdint.h>

#define DEFAULT_LOGDIR  "./proctor-logs"
#define SUITE_FILE_NAME "proctor.yaml"

/* The commands, as bits: an option says to which it belongs. */
typedef enum
{
  COMMAND_RUN = 1 << 0,
  COMMAND_CHECK = 1 << 1,
  COMMAND_OPS = 1 << 2,
  COMMAND_LIST = 1 << 3,
  COMMAND_WORDS = 1 << 4,
  COMMAND_FMT = 1 << 5,
  COMMAND_HISTORY = 1 << 6,
  COMMAND_DRIVER = 1 << 7
} CommandBit;

typedef enum
{
  COLOR_AUTO,
  COLOR_ALWAYS,
  COLOR_NEVER
} Color;

typedef enum
{
  FORMAT_TEXT,
  FORMAT_YAML
} Format;

/* The first is for who did not say. */
typedef enum
{
  PROGRESS_AUTO,
  PROGRESS_LIVE,
  PROGRESS_DOTS,
  PROGRESS_NONE
} Progress;

typedef enum
{
  PARTITION_HASH,
  PARTITION_TIME
} Partition;

typedef struct SuiteFile SuiteFile;

typedef struct
{
  char *filter;    /* owned; NULL: none */
  GPtrArray *tags; /* owned; of char, owned: one for each --tags */
  char *logdir;    /* owned */
  int64_t timeout_microsecs;
  int64_t test_limit_microsecs; /* 0: it was not said; or PLAN_NO_LIMIT */
  int64_t run_limit_microsecs;  /* 0: none */
  double timeout_multiplier;
  unsigned level;
  int verbosity;       /* -1: -q, 0, 1: -v */
  int color;           /* Color */
  int format;          /* Format */
  int progress;        /* Progress */
  int partition;       /* Partition */
  int leftovers;       /* PlanLeftovers, of plans that do not say */
  int n_jobs;          /* 0: all cores; -1: it was not said */
  unsigned n_repeats;  /* 1 */
  unsigned n_retries;  /* 0 */
  unsigned n_max_fail; /* 0: no limit */
  uint64_t seed;       /* 0: it was not said */
  int64_t slow_microsecs;
  char *shard; /* owned; NULL: all of it */
  char *junit; /* owned: a path; NULL: none is written */
  char *json;  /* the same */
  char *suite; /* owned: the suite file; NULL: proctor.yaml, if there is one */
  char *profile; /* owned; NULL: none */
  char *history; /* owned: a path; NULL: in the user's state directory */
  bool no_history;
  bool no_suite;
  bool shuffle;
  bool until_fail;
  bool fail_on_flaky;
  bool failed;
  bool failed_first;
  bool github;
  bool fail_fast;
  bool keep;
  bool update;
  bool tap;
  bool list;
  bool strict;
  bool check;
  bool write;
  bool help;
  bool version;
  uint64_t given;  /* the options of the command line, as option_bit()s */
  uint64_t taken;  /* those, and those of the environment, and those that say
                    * the opposite of one of them */
  GPtrArray *args; /* owned; of char, owned: what is no option */
  SuiteFile *suite_file; /* owned; NULL: it was not looked for */
} Settings;

void settings_init (Settings *settings);
void settings_clear (Settings *settings);

/* Reads the environment, then the command line, whose first word is left out.
 * False if there were errors. */
bool settings_parse (Settings *settings, int argc, char **argv, Diag *diag);

/* Complains of options that the command does not have.  False if there were. */
bool settings_check (const Settings *settings, CommandBit command,
                     const char *name, Diag *diag);

/* Reads the suite file, if the command has one, for what was not set yet;
 * what it says of plans and tests is in suitefile.h.  False if there were
 * errors. */
bool settings_read_suite (Settings *settings, CommandBit command,
                          Sources *sources, Diag *diag);
