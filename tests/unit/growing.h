/* growing.h - a log that is written to, and read as a stream */
#pragma once

#include "vm/output/stream.h"

#include <stddef.h>
#include <sys/types.h>

typedef struct
{
  char *dir;
  char *path;
  int fd;
  Stream *stream;
} Growing;

/* In a directory of its own; the cursor is at @begin. */
void growing_init (Growing *log, off_t begin);
void growing_clear (Growing *log);

void growing_write (Growing *log, const char *bytes, size_t n_bytes);
void growing_print (Growing *log, const char *text);

/* @unwanted may be NULL. */
StreamSearch *growing_search (Growing *log, const char *pattern,
                              const char *unwanted);

/* "WHAT3-12[8080]-": where it was found; its groups, "-" is one that took no
 * part. */
void growing_append_match (GString *out, const char *what,
                           const PatternMatch *match);
