/* measure.h - what a plan can have measured of a process
 *
 * Processor time is its own and that of the children that it waited for;
 * children that are dead and not waited for are still children.  A process
 * begins as a part of ours: the most memory of one that has ended is never
 * less than what we had when it was started.
 */
#pragma once

#include "vm/child/proc.h"

/* Whether it can be measured of a process that has ended. */
bool measure_outlives (PlanMeasure measure);

/* Of one that runs, or has ended.  False and @error, whose message is the
 * reason alone, where the system does not tell. */
bool measure_take (const Proc *proc, PlanMeasure measure, uint64_t *value,
                   GError **error);

/* The most memory that we had so far. */
uint64_t measure_own_rss (void);

/* "64M", "2s", "8", as is right for the measure; false if it is not. */
bool measure_parse (PlanMeasure measure, const char *text, uint64_t *value);
/* What would be right: "a size (64K, 512M)". */
const char *measure_unit (PlanMeasure measure);

/* "uses 64M of memory", "has 9 threads". */
void measure_append (GString *out, PlanMeasure measure, bool has_ended,
                     uint64_t value);
const char *measure_name (PlanMeasure measure);
