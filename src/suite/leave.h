/* leave.h - the end of a process of ours */
#pragma once

#include <glib.h>

/* Ends this process, at once: nothing is freed, nothing is flushed (we use no
 * stdio).  In instrumented builds as exit(3) does it, so that leaks are found
 * and counts are kept. */
void leave (int status) G_GNUC_NORETURN;
