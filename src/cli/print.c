#include "config.h"

#include "cli/print.h"

#include "base/write.h"
#include "base/writer.h"

#include <string.h>
#include <unistd.h>

#define LARGE ((size_t)64 << 10)

/* When the run was ended nobody is waited for, and what is not taken is lost:
 * it is the reports that tell all. */
static int
write_out (const Cli *cli, int fd, const GString *out)
{
  if (!cli->is_hurried)
    return write_all (fd, out->str, out->len);

  g_autoptr (Writer) writer = writer_new (fd, NULL, NULL);
  writer_add (writer, out->str, out->len);
  return writer_errno (writer);
}

bool
print (Cli *cli, GString *out)
{
  const int error_number = write_out (cli, STDOUT_FILENO, out);

  g_string_truncate (out, 0);
  if (error_number != 0)
    diag_error (cli->diag, SRC_SPAN_NONE, "cannot write the output: %s",
                g_strerror (error_number));
  return error_number == 0;
}

bool
print_some (Cli *cli, GString *out)
{
  return out->len < LARGE || print (cli, out);
}

bool
print_is_terminal (int fd)
{
  const char *const term = g_getenv ("TERM");

  return isatty (fd) && term != NULL && *term != '\0'
         && strcmp (term, "dumb") != 0;
}

bool
print_has_color (const Cli *cli, int fd)
{
  const char *const no_color = g_getenv ("NO_COLOR");

  switch ((Color)cli->settings.color)
    {
    case COLOR_ALWAYS:
      return true;
    case COLOR_NEVER:
      return false;
    case COLOR_AUTO:
      break;
    }
  return (no_color == NULL || *no_color == '\0') && print_is_terminal (fd);
}

void
print_diagnostics (Cli *cli)
{
  g_autoptr (GString) out = g_string_new (NULL);

  if (diag_n_errors (cli->diag) + diag_n_warnings (cli->diag) == 0)
    return;

  diag_print (cli->diag, out, print_has_color (cli, STDERR_FILENO));
  /* There is nobody left who could be told that this failed. */
  (void)write_out (cli, STDERR_FILENO, out);
  print_forget_diagnostics (cli);
}

void
print_forget_diagnostics (Cli *cli)
{
  diag_free (cli->diag);
  cli->diag = diag_new (cli->sources);
}
