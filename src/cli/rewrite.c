#include "config.h"

#include "cli/rewrite.h"

#include "base/replace.h"
#include "base/syserror.h"
#include "base/write.h"

#include <signal.h>

typedef struct
{
  const char *bytes;
  size_t n_bytes;
} Text;

static bool
write_text (int fd, void *data, GError **error)
{
  const Text *text = data;
  const int number = write_all (fd, text->bytes, text->n_bytes);

  if (number != 0)
    syserror_set_reason (error, number);
  return number == 0;
}

/* With signals held back: who presses Ctrl-C shall find nothing half done.
 * That a file may not be so large is an error like others; its signal would
 * not be ignored if it were held back. */
static bool
replace_undisturbed (const char *path, Text *text, GError **error)
{
  const struct sigaction ignore = { .sa_handler = SIG_IGN };
  struct sigaction action;
  sigset_t all;
  sigset_t mask;

  (void)sigfillset (&all);
  (void)sigdelset (&all, SIGXFSZ);
  (void)sigprocmask (SIG_BLOCK, &all, &mask);
  (void)sigaction (SIGXFSZ, &ignore, &action);

  const bool is_replaced = replace_file (path, write_text, text, error);

  (void)sigaction (SIGXFSZ, &action, NULL);
  (void)sigprocmask (SIG_SETMASK, &mask, NULL);
  return is_replaced;
}

bool
rewrite_file (const char *path, const char *text, size_t n_text, GError **error)
{
  Text to_write = { .bytes = text, .n_bytes = n_text };

  if (replace_undisturbed (path, &to_write, error))
    return true;
  g_prefix_error (error, "cannot write \"%s\": ", path);
  return false;
}
