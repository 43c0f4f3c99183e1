/* values.h - the values of options, from the command line or the environment */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum
{
  VALUE_TRUE,     /* bool; as text: yes or no */
  VALUE_TEXT,     /* char *, owned */
  VALUE_PATH,     /* the same */
  VALUE_TEXTS,    /* GPtrArray *, of such: one more */
  VALUE_COUNT,    /* unsigned, from 1 */
  VALUE_NUMBER,   /* unsigned, from 0 */
  VALUE_JOBS,     /* int, from 0 */
  VALUE_SEED,     /* uint64_t, from 1 */
  VALUE_DURATION, /* int64_t microseconds, more than 0 */
  VALUE_LIMIT,    /* the same; or none: PLAN_NO_LIMIT */
  VALUE_FACTOR,   /* double, more than 0 */
  VALUE_CHOICE,   /* int: which of some names */
  VALUE_FIXED     /* int: what the option stands for */
} ValueKind;

/* Reads @text into @field.  @choices: the names of VALUE_CHOICE, then NULL.
 * G_OPTION_ERROR on failure, with a message that begins with @whose. */
bool value_parse (ValueKind kind, const char *const *choices, const char *text,
                  void *field, const char *whose, GError **error);
