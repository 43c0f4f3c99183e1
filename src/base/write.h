/* write.h - writes to a descriptor, whatever it is */
#pragma once

#include <stddef.h>

/* Writes all of it: goes on after a signal or a short write, and waits where
 * the descriptor is non-blocking.  Returns 0, or the errno. */
int write_all (int fd, const char *bytes, size_t n_bytes);
