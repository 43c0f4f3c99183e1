/* suiting.h - settings with a suite file, in a directory of their own */
#pragma once

#include "cli/suitefile.h"

typedef struct
{
  char *directory; /* we are in it */
  Sources *sources;
  Diag *diag;
  Settings settings;
  GString *out; /* what was said */
} Suiting;

/* As fixtures: the data is not used. */
void suiting_set_up (Suiting *suiting, const void *data);
void suiting_tear_down (Suiting *suiting, const void *data);

/* All anew, in the same directory. */
void suiting_again (Suiting *suiting);

/* @line: the words, with a blank between each two. */
bool suiting_parse (Suiting *suiting, const char *line);
/* The same with a suite file in this directory. */
bool suiting_parse_bytes (Suiting *suiting, const char *text, size_t n_text,
                          const char *line);
bool suiting_parse_text (Suiting *suiting, const char *text, const char *line);
