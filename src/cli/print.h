/* print.h - what commands print */
#pragma once

#include "cli/commands.h"

/* Writes @out to standard output and empties it.  False if it could not be
 * written, which is then told. */
bool print (Cli *cli, GString *out);

/* Writes and empties it when it has become large. */
bool print_some (Cli *cli, GString *out);

/* Whether to write colors to @fd. */
bool print_has_color (const Cli *cli, int fd);

/* A terminal on which what was written can be taken away again. */
bool print_is_terminal (int fd);

/* Writes the messages to standard error, and forgets them. */
void print_diagnostics (Cli *cli);
void print_forget_diagnostics (Cli *cli);
