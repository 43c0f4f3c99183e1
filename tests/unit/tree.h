/* tree.h - what was parsed, as a text */
#pragma once

#include "front/ast.h"

/* Each call and "; ".  Between single quotes are words that are not bare,
 * between double quotes those that hold variables; "<<" stands behind the text
 * of a here-document. */
void tree_append (const AstBlock *block, GString *out);
