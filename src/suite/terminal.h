/* terminal.h - the modes of the user's terminal, while tests run
 *
 * They are changed by us, so that a key is read without a line around it, and
 * by those of the tests' processes that have the user's standard input.
 * Whatever ends us, the terminal is given back as it was: by the guard; by the
 * process that reads the keys, and by the scheduler, when there is no guard any
 * more.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>
#include <termios.h>

typedef struct
{
  int fd;                /* owned; -1: there is none */
  pid_t group;           /* of the process that the user has started */
  struct termios before; /* what it is given back as */
  struct termios paused; /* as it was when it was given back for a pause */
  bool is_paused;        /* or we have begun in the background */
} Terminal;

/* To be called by the process that the user has started: keeps what standard
 * input is, if it is a terminal. */
void terminal_init (Terminal *terminal);
void terminal_clear (Terminal *terminal);

/* Whether it is ours to read: we are not in the background. */
bool terminal_is_ours (const Terminal *terminal);

/* From now on a key is heard at once, and not echoed. */
void terminal_take_keys (const Terminal *terminal);

/* As it was before.  In the background it is somebody else's, and is left
 * alone, unless it still is as terminal_take_keys() has made it. */
void terminal_give_back (const Terminal *terminal);

/* Gives it back for a while; and has it again, as it was then, but in the
 * background: false. */
void terminal_pause (Terminal *terminal);
bool terminal_resume (Terminal *terminal);
