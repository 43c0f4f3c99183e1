/* settings.h - what the command line and the environment say
 *
 * One table has all options.  Those with an effect on results can be set in
 * the environment too, as PROCTOR_TIMEOUT for --timeout; the command line goes
 * before.
 */
#pragma once

#include "base/diag.h"

#include <stdint.h>

#define DEFAULT_LOGDIR "./proctor-logs"

/* The commands, as bits: an option says to which it belongs. */
typedef enum
{
  COMMAND_RUN = 1 << 0,
  COMMAND_CHECK = 1 << 1,
  COMMAND_OPS = 1 << 2,
  COMMAND_LIST = 1 << 3,
  COMMAND_WORDS = 1 << 4,
  COMMAND_FMT = 1 << 5
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

typedef struct
{
  char *filter;    /* owned; NULL: none */
  GPtrArray *tags; /* owned; of char, owned: one for each --tags */
  char *logdir;    /* owned */
  int64_t timeout_microsecs;
  double timeout_multiplier;
  unsigned level;
  int verbosity; /* -1: -q, 0, 1: -v */
  int color;     /* Color */
  int format;    /* Format */
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
  unsigned given;  /* the options of the command line, by their place in the
                    * table, as bits */
  GPtrArray *args; /* owned; of char, owned: what is no option */
} Settings;

void settings_init (Settings *settings);
void settings_clear (Settings *settings);

/* Reads the environment, then the command line, whose first word is left out.
 * False if there were errors. */
bool settings_parse (Settings *settings, int argc, char **argv, Diag *diag);

/* Complains of options that the command does not have.  False if there were. */
bool settings_check (const Settings *settings, CommandBit command,
                     const char *name, Diag *diag);
