/* keys.h - the key "t" of a terminal: who is doing what?
 *
 * A process of its own reads the keys, in the foreground as the guard is, and
 * sends SIGUSR1 to the guard for each "t".  Lines are not waited for, and not
 * echoed, while it does; ^C and ^Z are what they always are.  When the guard is
 * killed it gives the terminal back.
 */
#pragma once

#include "suite/terminal.h"

typedef struct
{
  pid_t reader; /* 0: none */
  int alive_fd; /* owned: no other process has it; closed when we end */
} Keys;

/* To be called by the guard.  Nothing happens in the background, or where there
 * is no terminal. */
void keys_begin (Keys *keys, const Terminal *terminal);
/* Does not touch the terminal. */
void keys_end (Keys *keys);
