/* nearest.h - which of some names did the user mean? */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef struct
{
  const char *wanted;
  const char *best; /* NULL: nothing is near enough */
  unsigned distance;
} Nearest;

void nearest_init (Nearest *nearest, const char *wanted);

/* Looks at one more candidate: fewest edits (Damerau-Levenshtein, without
 * regard of case) win, at most a third of the length; the first of equals. */
void nearest_try (Nearest *nearest, const char *candidate);
