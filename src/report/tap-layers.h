/* tap-layers.h - the layers of a run, as its last test point
 *
 *     # Subtest: layers
 *         1..2
 *         ok 1 - database
 *         not ok 2 - replicated
 *           ---
 *           ...
 *     not ok 7 - layers
 *
 * A tear-down can fail when all tests have passed, and who reads TAP may look
 * at nothing else.  So a run of tests that use layers has one point more than
 * it has plans, known from the beginning.
 */
#pragma once

#include "report/record.h"

typedef struct TapLayers TapLayers;

/* @number: of the point. */
TapLayers *tap_layers_new (unsigned number);
void tap_layers_free (TapLayers *layers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TapLayers, tap_layers_free)

/* One that has ended.  Takes @record. */
void tap_layers_add (TapLayers *layers, const ReportTest *test, Record *record);

/* The run was interrupted while one was set up, or torn down. */
bool tap_layers_are_interrupted (const TapLayers *layers);

void tap_layers_end (const TapLayers *layers, GString *out);
