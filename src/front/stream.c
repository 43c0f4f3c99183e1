#include "config.h"

#include "front/stream.h"

#include "front/layer.h"

#include <unistd.h>

int
stream_from_arg (const AstArg *arg)
{
  return ast_arg_is (arg, "stdout")   ? STDOUT_FILENO
         : ast_arg_is (arg, "stderr") ? STDERR_FILENO
                                      : -1;
}

static const PlanProcess *
get_process (const Emit *emit, uint32_t process)
{
  return &g_array_index (emit->processes, PlanProcess, process);
}

static SrcSpan
begin_of (const Emit *emit, uint32_t process)
{
  return g_array_index (emit->lives, Life, process).spawned;
}

bool
stream_is_logged (Emit *emit, uint32_t process, int stream, SrcSpan span)
{
  const PlanProcess *const made = get_process (emit, process);

  if (made->spawn == NULL) /* adopted: it is seen when it runs */
    return true;

  const PlanContext *const context = made->spawn->context;

  if (stream == STDERR_FILENO && (context->merge || context->pty))
    {
      emit_error (emit, span,
                  "the standard error of \"%s\" goes where its standard output "
                  "goes",
                  made->name);
      emit_note (emit, begin_of (emit, process),
                 "it is spawned here, with \"%s\": ask its \"stdout\"",
                 context->merge ? "--merge" : "--pty");
      return false;
    }
  if (stream == STDOUT_FILENO && context->stdout_path != NULL && !context->pty)
    {
      emit_error (emit, span,
                  "the standard output of \"%s\" goes into a file of its own",
                  made->name);
      emit_note (emit, begin_of (emit, process),
                 "it is spawned here: without \"--stdout\" it would go into "
                 "the log; \"check file PATH\" can ask the file");
      return false;
    }
  return true;
}

bool
stream_is_terminal (const Emit *emit, uint32_t process)
{
  const PlanProcess *const made = get_process (emit, process);

  return made->spawn != NULL && made->spawn->context->pty;
}

bool
stream_takes_input (Emit *emit, uint32_t process, SrcSpan span)
{
  const PlanProcess *const made = get_process (emit, process);
  const SrcSpan closed = g_array_index (emit->lives, Life, process).closed;
  const PlanContext *const context
      = made->spawn != NULL ? made->spawn->context : NULL;

  if (!layer_is_own_process (emit, process, span))
    return false;
  if (closed.end != 0)
    {
      emit_error (emit, span, "the standard input of \"%s\" is closed already",
                  made->name);
      emit_note (emit, closed, "here");
      return false;
    }
  if (context != NULL
      && (context->stdin_kind == PLAN_STDIN_PIPE
          || (context->pty && context->stdin_kind == PLAN_STDIN_NULL)))
    return true;

  emit_error (emit, span, "there is no pipe to the standard input of \"%s\"",
              made->name);
  emit_note (emit, begin_of (emit, process), "%s",
             context != NULL
                 ? "it is spawned here: \"--stdin=pipe\", or \"--pty\", would "
                   "give it one"
                 : "it is adopted here: its standard input is not ours");
  return false;
}
