/* taking.h - settings from several sources, of which the first wins
 *
 * The command line is read first, then the environment, a profile, and the
 * defaults of the suite file.  What was set already is only checked then.
 */
#pragma once

#include "cli/option.h"

typedef struct
{
  Settings *settings; /* borrowed */
  Settings unused;    /* takes the values that are only checked */
  uint64_t taken;     /* the options that sources before have set */
  uint64_t now;       /* those that this source sets */
  uint64_t denied;    /* and those of them that it sets to "no" */
} Taking;

void taking_init (Taking *taking, Settings *settings);
void taking_clear (Taking *taking);

/* @text: NULL of an option that has no value.  G_OPTION_ERROR on failure, with
 * a message that begins with @whose. */
bool taking_set (Taking *taking, const Option *option, const char *text,
                 const char *whose, GError **error);

/* What comes now is from another source.  With an option those are taken too
 * that say the opposite. */
void taking_next (Taking *taking);
