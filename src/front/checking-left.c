#include "config.h"

#include "front/checking.h"

#include "front/check.h"
#include "front/early.h"
#include "front/stream.h"
#include "front/text.h"

#include <unistd.h>

/* A bare word that could be the name of a process is meant as one. */
static bool
is_name (Emit *emit, const AstArg *arg)
{
  return arg->kind == AST_PLAIN && arg->is_bare
         && text_is_name (emit_shown (emit, arg->text, arg->n_text));
}

static bool
read_text (Checking *checking)
{
  checking->check.subject = CHECK_TEXT;
  checking->check.left = text_eval (checking->emit, checking->left);
  if (checking->check.left == NULL)
    return false;
  if (checking->check.left->n_slots == 0)
    checking->left_text = checking->check.left->bytes;
  return true;
}

const PlanText *
checking_read_path (Checking *checking, const AstArg *arg)
{
  Emit *const emit = checking->emit;
  const PlanText *const path = text_eval (emit, arg);

  if (path == NULL || !text_is_string (emit, path, arg->span))
    return NULL;
  checking->check.cwd = emit->settings.cwd;
  if (path->n_bytes > 0 || path->n_slots > 0)
    return path;
  emit_error (emit, arg->span, "an empty text stands where a path should");
  return NULL;
}

static bool
read_stream (Checking *checking, int stream, SrcSpan span)
{
  checking->check.subject = CHECK_STREAM;
  checking->check.stream = (uint8_t)stream;
  return check_process_as (checking->emit, checking->left, NAMES_READ,
                           &checking->process)
         && stream_is_logged (checking->emit, checking->process, stream, span);
}

/* What a process has used is known behind its end too, what it has is not. */
static bool
read_measure (Checking *checking, PlanMeasure measure)
{
  const bool lasts = measure == MEASURE_RSS || measure == MEASURE_CPU;

  checking->check.subject = CHECK_MEASURE;
  checking->check.measure = (uint8_t)measure;
  return check_process_as (checking->emit, checking->left,
                           lasts ? NAMES_MEASURE : NAMES_USE,
                           &checking->process);
}

/* A text that was meant as one. */
static bool
read_name (Checking *checking)
{
  Emit *const emit = checking->emit;
  const unsigned n_early = emit->early->len;

  if (read_stream (checking, STDOUT_FILENO, checking->left->span))
    return true;
  early_add_note (emit, n_early, "a text stands between quotes here");
  return false;
}

bool
checking_read_left (Checking *checking)
{
  Emit *const emit = checking->emit;
  const AstArg *const left = checking->left;
  const AstArg *const what = checking->what;

  if (what == NULL)
    {
      if (ast_arg_is (left, "active") && !checking_is_name_of (emit, left))
        {
          checking->check.subject = CHECK_ACTIVE;
          return true;
        }
      return is_name (emit, left) ? read_name (checking) : read_text (checking);
    }
  if (checking_is_file (emit, left))
    {
      checking->check.subject = CHECK_FILE;
      checking->check.left = checking_read_path (checking, what);
      return checking->check.left != NULL;
    }
  if (stream_from_arg (what) >= 0)
    return read_stream (checking, stream_from_arg (what), what->span);
  return read_measure (checking, checking_find_measure (what));
}
