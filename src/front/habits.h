/* habits.h - what a shell would do, and nobody does here
 *
 * A plan has no redirections, pipelines, assignments and wildcards: what looks
 * like one would be handed to a program as a text, or do nothing.  It is an
 * error, or a warning, unless it stands between quotes.
 */
#pragma once

#include "front/emit.h"

/* A word of a command, without options; @is_command: its first.  False: it was
 * told to be an error. */
bool habits_check_argument (Emit *emit, const AstArg *arg, bool is_command);

/* Those that may become words of a command: false if one of them is an operator
 * of the shell's, as "|" is. */
bool habits_check_words (Emit *emit, const AstArg *arg, unsigned n_args);

/* A line that begins with NAME=VALUE, or with "!": says how it is said here.
 * False: it does not. */
bool habits_tell_line (Emit *emit, const AstArg *word);
