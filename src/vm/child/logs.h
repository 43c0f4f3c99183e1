/* logs.h - the files that children write to
 *
 * They lie in the test's log directory, are reached by its descriptor, and are
 * named NAME.stdout and NAME.stderr after their process.
 */
#pragma once

#include "vm/child/log-identity.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* "stdout" for STDOUT_FILENO, "stderr" for STDERR_FILENO. */
const char *logs_stream_name (int stream);

/* A safe file name, of a length that every file system takes; one too long is
 * cut, and made different from others by @number. */
char *logs_file_name (const char *process, unsigned number, int stream);

/* Makes the file, for a child to append to; -1 and @error. */
int logs_create (int dir, const char *name, LogIdentity *identity,
                 GError **error);

/* Opens one that was made before; -1 and @error if it is not that one (NULL:
 * which one is not known) any more. */
int logs_open_to_append (int dir, const char *name, const LogIdentity *identity,
                         GError **error);
int logs_open_to_read (int dir, const char *name, const LogIdentity *identity,
                       GError **error);

/* Its size; false if it is not there, or another one, as far as its inode
 * number tells. */
bool logs_get_size (int dir, const char *name, const LogIdentity *identity,
                    uint64_t *size);

/* Whether the file is still that one, and then its size.  If not, says in
 * @trouble (a constant) what has become of it. */
bool logs_look (int dir, const char *name, const LogIdentity *identity,
                uint64_t *size, const char **trouble);

/* Appends the last lines of what the file holds from @from on: at most 30, of
 * at most @n_bytes, beginning with a whole line where there is one.  Returns
 * how much the file holds in all, 0 if there is no file. */
uint64_t logs_append_tail (int dir, const char *name, uint64_t from,
                           size_t n_bytes, GString *out);

/* The same of an open file. */
uint64_t logs_append_tail_of (int fd, uint64_t from, size_t n_bytes,
                              GString *out);
