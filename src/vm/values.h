/* values.h - the values of variables that are known only when a test runs */
#pragma once

#include "plan/plan.h"

typedef struct Values Values;

/* @log_dir is the descriptor of the test's log directory, @path its absolute
 * path; @test tells the values it has of its own.  All are borrowed and must
 * outlive it. */
Values *values_new (int log_dir, const char *path, const PlanTest *test);
void values_free (Values *values);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Values, values_free)

/* Gives value @value of the test these bytes, which it copies. */
void values_set (Values *values, uint32_t value, const char *bytes,
                 size_t n_bytes);

/* NULL: it has none yet. */
const char *values_get (const Values *values, uint32_t value, size_t *n_bytes);

/* Takes one over, if it has any there; what was @from's stays as it is. */
void values_import (Values *values, uint32_t value, const Values *from,
                    uint32_t number);
/* Makes $tmp now, and gives these two values its path and that of the logs. */
bool values_set_places (Values *values, uint32_t tmp, uint32_t logdir,
                        GError **error);

/* The text with its values in it: its own bytes if it has none, else a new
 * string that is added to @strings, which owns it.  NULL and @error if a value
 * cannot be had ($tmp: the directory cannot be made; one that was not given
 * yet; one with a NUL in it). */
const char *values_expand (Values *values, const PlanText *text,
                           GPtrArray *strings, GError **error);

/* The same for any bytes; @quote, if it is not NULL, is asked to append each
 * value (to quote it in a pattern). */
typedef void ValuesQuoteFunc (GString *out, const char *bytes, size_t n_bytes);
GString *values_expand_bytes (Values *values, const PlanText *text,
                              ValuesQuoteFunc *quote, GError **error);

/* A path as people would rather read it: "$tmp/out.txt". */
char *values_show_path (const Values *values, const char *path);

/* In a pattern it stands for itself. */
ValuesQuoteFunc values_quote_pattern;
