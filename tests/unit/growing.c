#include "config.h"

#include "growing.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

void
growing_init (Growing *log, off_t begin)
{
  log->dir = g_dir_make_tmp ("test-stream-XXXXXX", NULL);
  g_assert_nonnull (log->dir);
  log->path = g_build_filename (log->dir, "log", NULL);
  log->fd = open (log->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  g_assert_cmpint (log->fd, >=, 0);
  const int fd = open (log->path, O_RDONLY | O_CLOEXEC);
  g_assert_cmpint (fd, >=, 0);
  log->stream = stream_new (fd, begin);
}

void
growing_clear (Growing *log)
{
  stream_free (log->stream);
  (void)close (log->fd);
  (void)unlink (log->path);
  g_assert_cmpint (g_rmdir (log->dir), ==, 0);
  g_free (log->path);
  g_free (log->dir);
}

void
growing_write (Growing *log, const char *bytes, size_t n_bytes)
{
  g_assert_cmpint (write (log->fd, bytes, n_bytes), ==, (ssize_t)n_bytes);
}

void
growing_print (Growing *log, const char *text)
{
  growing_write (log, text, strlen (text));
}

static Pattern *
make (const char *text)
{
  PatternError error = { 0 };
  Pattern *pattern
      = text == NULL ? NULL : pattern_new (text, strlen (text), &error);

  g_assert_cmpstr (error.message, ==, NULL);
  return pattern;
}

StreamSearch *
growing_search (Growing *log, const char *pattern, const char *unwanted)
{
  return stream_search_new (log->stream, make (pattern), make (unwanted));
}

void
growing_append_match (GString *out, const char *what, const PatternMatch *match)
{
  g_string_append_printf (out, "%s%s%u-%u", out->len > 0 ? " " : "", what,
                          (unsigned)match->begin, (unsigned)match->end);
  for (unsigned i = 1; i <= match->n_groups; i++)
    if (match->groups[i].bytes != NULL)
      g_string_append_printf (out, "[%s]", match->groups[i].bytes);
    else
      g_string_append (out, "-");
}
