#include "config.h"

#include "front/place.h"

#include "front/callable.h"
#include "front/layer.h"

/* What a layer is made of, and nothing else, stands in its block. */
static void
tell_misplaced_in_layer (Emit *emit, const AstArg *name, unsigned places)
{
  emit_error (emit, name->span, "\"%s\" cannot stand in a layer%s",
              emit_shown_arg (emit, name),
              !(places & IN_TEST) ? ", only outside of it" : "");
  if (ast_arg_is (name, "uses"))
    emit_note (emit, name->span, "a layer \"extends\" others");
  else if (!(places & IN_FILE) || places & IN_PAR)
    emit_note (emit, name->span,
               "what it does stands in its \"setup\" and \"teardown\"");
  else if (places & IN_TEST)
    emit_note (emit, name->span, "it is said of tests, not of a layer");
}

void
place_tell_macro (Emit *emit, const AstCall *call)
{
  tell_misplaced_in_layer (emit, call->first, IN_TEST);
  emit->lacks_names = true;
}

static void
tell_misplaced (Emit *emit, const AstCall *call, const Word *word)
{
  if (!(word->places & (IN_FILE | IN_TEST)))
    emit_error (emit, call->first->span,
                "\"%s\" can stand only in the block of a layer", word->name);
  else if (emit->lines == LINES_OF_LAYER)
    tell_misplaced_in_layer (emit, call->first, word->places);
  else if (emit->lines == LINES_OF_FILE)
    emit_error (emit, call->first->span,
                "\"%s\" cannot stand outside of a test", word->name);
  else
    emit_error (emit, call->first->span,
                "\"%s\" cannot stand in a test, only outside of it",
                word->name);
  /* What it would have brought about may be used. */
  emit->lacks_names = true;
  emit->lacks_file |= word->func == word_include;
  if (word->func == word_def)
    callable_add_broken (emit, call);
}

/* What holds in a layer stands before what is done in it. */
static bool
is_in_order (Emit *emit, const AstCall *call, const Word *word)
{
  if (emit->lines != LINES_OF_LAYER || !(word->places & IN_TEST))
    return true;

  const AstCall *const before
      = emit->layer->setup != NULL ? emit->layer->setup : emit->layer->teardown;

  if (before == NULL)
    return true;
  emit_error (emit, call->first->span, "\"%s\" comes too late here",
              word->name);
  emit_note (emit, before->span, "it must stand before this");
  return false;
}

bool
place_is_right (Emit *emit, const AstCall *call, const Word *word)
{
  const unsigned place = emit->lines == LINES_OF_FILE    ? IN_FILE
                         : emit->lines == LINES_OF_LAYER ? IN_LAYER
                                                         : IN_TEST;

  if (word->places & place)
    return is_in_order (emit, call, word);
  tell_misplaced (emit, call, word);
  return false;
}
