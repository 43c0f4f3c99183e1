/* stream.h - what a process prints, and where it goes */
#pragma once

#include "front/emit.h"

/* STDOUT_FILENO for stdout, STDERR_FILENO for stderr; -1: it is neither. */
int stream_from_arg (const AstArg *arg);

/* Whether what the process prints there can be read; if not, this was told. */
bool stream_is_logged (Emit *emit, uint32_t process, int stream, SrcSpan span);

/* Whether it runs on a terminal: it can be sent more behind the end of its
 * input. */
bool stream_is_terminal (const Emit *emit, uint32_t process);

/* Whether the standard input of the process can be written to; if not, this was
 * told. */
bool stream_takes_input (Emit *emit, uint32_t process, SrcSpan span);
