/* layers.h - the layers that the tests of a run use, and which stands on which
 *
 * Each layer has one place in a tree, in which it is set up within its parent,
 * so that whatever a test uses lies on one way from a root.  It may be set up
 * within one that it does not extend, because some test uses both; then it is
 * still set up only once.
 */
#pragma once

#include "report/report.h"

#define LAYER_NONE UINT32_MAX

typedef struct
{
  const Plan *plan; /* one of those that have it */
  const PlanLayer *layer;
  uint32_t parent; /* LAYER_NONE: none */
} LayerNode;

typedef struct Layers Layers;

Layers *layers_new (const ReportTest *tests, unsigned n_tests);
void layers_free (Layers *layers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Layers, layers_free)

unsigned layers_count (const Layers *layers);
const LayerNode *layers_get (const Layers *layers, uint32_t node);

/* The node of plan->layers[@layer]; it must be one that a test uses. */
uint32_t layers_find (const Layers *layers, const Plan *plan, uint32_t layer);

/* Where a test runs: in the innermost of its layers, or LAYER_NONE. */
uint32_t layers_place (const Layers *layers, const ReportTest *test);

/* Whether @node is @outer, or within it. */
bool layers_is_within (const Layers *layers, uint32_t node, uint32_t outer);
