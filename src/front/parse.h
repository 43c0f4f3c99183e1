/* parse.h - the text of a plan as a tree */
#pragma once

#include "base/diag.h"
#include "front/ast.h"
#include "front/intern.h"
#include "front/marks.h"

/* Reads @source into @arena; names of variables are in @names.  What cannot be
 * read is told to @diag and left out.  @is_sure tells whether the rest can be
 * taken for what was meant: not when a brace or a quote is missing. */
AstBlock *parse_source (const Source *source, Arena *arena, Intern *names,
                        Diag *diag, bool *is_sure);

/* Notes in @marks what stands where.  False if anything was wrong, and told to
 * @diag. */
bool parse_marks (const Source *source, Marks *marks, Diag *diag);
