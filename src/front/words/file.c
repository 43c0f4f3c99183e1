#include "config.h"

#include "front/check.h"

#include <string.h>

enum
{
  PATH,
  MODE,
  TEXT
};

void
word_file (Emit *emit, const Call *call)
{
  const Arg *const mode = &call->args[MODE];
  PlanFile file;

  memset (&file, 0, sizeof file); /* padding too: it is stored once */
  file.path = call->args[PATH].text;
  file.cwd = emit->settings.cwd;
  file.text = call->args[TEXT].text;
  file.mode = mode->ast != NULL ? (int)mode->number : -1;
  file.umask = emit->settings.umask;
  emit_op (emit, OP_FILE, call->span)->file
      = emit_bytes (emit, &file, sizeof file);
}
