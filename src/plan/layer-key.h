/* layer-key.h - what makes the same layer of two plans one
 *
 * Plans that include the same file have its layers in common, and one set-up
 * does for all, if it would do the same: if all that a layer was compiled to is
 * equal.  A key is a digest of that, with the file and the name.
 */
#pragma once

#include "plan/plan.h"

/* The key of plan->layers[@number]; those of the layers that it extends were
 * made before.  @builddir: what relative names of files begin at.  It is in the
 * plan's arena. */
const char *layer_key_make (const Plan *plan, uint32_t number,
                            const char *builddir);
