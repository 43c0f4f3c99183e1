/* keys.h - the key "t" of a terminal: who is doing what?
 *
 * A process of its own reads the keys, in the foreground as the guard is, and
 * sends SIGUSR1 to the guard for each "t".  Lines are not waited for, and not
 * echoed, while it does; ^C and ^Z are what they always are.
 */
#pragma once

#include <sys/types.h>
#include <termios.h>

typedef struct
{
  pid_t reader; /* 0: none */
  int fd;       /* the terminal; borrowed */
  struct termios before;
} Keys;

/* To be called by the guard, with @before as the terminal was.  Nothing
 * happens in the background, or where there is no terminal: -1. */
void keys_begin (Keys *keys, int fd, const struct termios *before);
/* The guard is about to stop, and goes on. */
void keys_pause (Keys *keys);
void keys_resume (Keys *keys);
void keys_end (Keys *keys);
