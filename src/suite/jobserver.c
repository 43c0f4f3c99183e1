#include "config.h"

#include "suite/jobserver.h"

#include "base/syserror.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_HELD 65536 /* as many bytes as a pipe has room for */

typedef enum
{
  TOKEN_FREE,
  TOKEN_TAKING, /* @byte is 0, or what was read meanwhile */
  TOKEN_HELD,
  TOKEN_GIVING
} TokenState;

typedef struct
{
  _Atomic uint8_t state; /* TokenState */
  uint8_t byte;
} Token;

/* Those in use are the first ones, without a gap. */
struct Jobserver
{
  int read_fd;   /* owned */
  int write_fd;  /* owned */
  Token *tokens; /* owned: MAX_HELD, shared by all that were forked since */
};

/* Another process reads them. */
G_STATIC_ASSERT (ATOMIC_CHAR_LOCK_FREE == 2);

/* --- What make says ----------------------------------------------------------
 */

/* Takes a word from the front of @flags, where a backslash stands before what
 * would end one; NULL: there is none. */
static char *
take_word (const char **flags)
{
  const char *at = *flags;
  GString *word;

  while (g_ascii_isspace (*at))
    at++;
  if (*at == '\0')
    return NULL;
  word = g_string_new (NULL);
  for (; *at != '\0' && !g_ascii_isspace (*at); at++)
    {
      if (*at == '\\' && at[1] != '\0')
        at++;
      g_string_append_c (word, *at);
    }
  *flags = at;
  return g_string_free (word, FALSE);
}

/* Where the jobserver is: "3,4" or "fifo:PATH"; NULL: nowhere.  Each make adds
 * to what it was given, so the last one counts; behind "--" come variables. */
static char *
find_auth (const char *makeflags)
{
  static const char *const names[]
      = { "--jobserver-auth=", "--jobserver-fds=" };
  char *auth = NULL;

  for (;;)
    {
      g_autofree char *word = take_word (&makeflags);
      if (word == NULL || strcmp (word, "--") == 0)
        return auth;

      for (unsigned i = 0; i < G_N_ELEMENTS (names); i++)
        if (g_str_has_prefix (word, names[i]))
          {
            g_free (auth);
            auth = g_strdup (word + strlen (names[i]));
          }
    }
}

/* --- Descriptors -------------------------------------------------------------
 */

/* @access: O_RDONLY or O_WRONLY. */
static bool
is_pipe_for (int fd, int access)
{
  struct stat status;
  const int mode = fcntl (fd, F_GETFL) & O_ACCMODE;

  return fstat (fd, &status) == 0 && S_ISFIFO (status.st_mode)
         && (mode == access || mode == O_RDWR);
}

static bool
is_same_pipe (int a, int b)
{
  struct stat status[2];

  return fstat (a, &status[0]) == 0 && fstat (b, &status[1]) == 0
         && status[0].st_dev == status[1].st_dev
         && status[0].st_ino == status[1].st_ino;
}

/* A descriptor for the same pipe that does not block.  O_NONBLOCK on @fd would
 * be seen by make, too, which relies on blocking. */
static int
open_anew (int fd, int access, GError **error)
{
  char path[sizeof "/proc/self/fd/" + 11];

  (void)g_snprintf (path, sizeof path, "/proc/self/fd/%d", fd);
  const int own = open (path, access | O_NONBLOCK | O_CLOEXEC);
  if (own < 0)
    syserror_set (error, errno, "the pipe of make's jobserver cannot be used");
  return own;
}

/* The numbers may long be those of something else: a make that thinks a
 * command is no make closes them. */
static bool
open_pipe (Jobserver *jobserver, int read_fd, int write_fd, GError **error)
{
  if (!is_pipe_for (read_fd, O_RDONLY) || !is_pipe_for (write_fd, O_WRONLY)
      || !is_same_pipe (read_fd, write_fd))
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_BADF,
                   "make has not handed its jobserver down (descriptors %d "
                   "and %d): the command needs a \"+\" before it in the "
                   "makefile",
                   read_fd, write_fd);
      return false;
    }
  jobserver->read_fd = open_anew (read_fd, O_RDONLY, error);
  if (jobserver->read_fd < 0)
    return false;
  jobserver->write_fd = open_anew (write_fd, O_WRONLY, error);
  return jobserver->write_fd >= 0;
}

static bool
open_fifo (Jobserver *jobserver, const char *path, GError **error)
{
  jobserver->read_fd
      = open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  if (jobserver->read_fd < 0)
    {
      syserror_set (error, errno, "make's jobserver, \"%s\"", path);
      return false;
    }
  if (!is_pipe_for (jobserver->read_fd, O_RDONLY))
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                   "make's jobserver, \"%s\", is no named pipe", path);
      return false;
    }
  jobserver->write_fd = open_anew (jobserver->read_fd, O_WRONLY, error);
  return jobserver->write_fd >= 0;
}

/* True if @auth says that there is none for us. */
static bool
is_disabled (const char *auth)
{
  int fds[2];

  return sscanf (auth, "%9d,%9d", &fds[0], &fds[1]) == 2
         && (fds[0] < 0 || fds[1] < 0);
}

static bool
open_auth (Jobserver *jobserver, const char *auth, GError **error)
{
  int fds[2];
  int n_read = 0;

  if (g_str_has_prefix (auth, "fifo:"))
    return open_fifo (jobserver, auth + strlen ("fifo:"), error);
  if (sscanf (auth, "%9d,%9d%n", &fds[0], &fds[1], &n_read) == 2
      && auth[n_read] == '\0')
    return open_pipe (jobserver, fds[0], fds[1], error);

  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
               "MAKEFLAGS: \"%s\" is no jobserver that is known", auth);
  return false;
}

static bool
share_tokens (Jobserver *jobserver, GError **error)
{
  void *shared = mmap (NULL, MAX_HELD * sizeof (Token), PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

  if (shared == MAP_FAILED)
    {
      syserror_set (error, errno, "no memory can be shared");
      return false;
    }
  jobserver->tokens = shared; /* zeroes: TOKEN_FREE */
  return true;
}

Jobserver *
jobserver_open (const char *makeflags, GError **error)
{
  g_autofree char *auth = makeflags == NULL ? NULL : find_auth (makeflags);
  if (auth == NULL || is_disabled (auth))
    return NULL;

  g_autoptr (Jobserver) jobserver = g_new0 (Jobserver, 1);
  jobserver->read_fd = jobserver->write_fd = -1;
  if (!open_auth (jobserver, auth, error) || !share_tokens (jobserver, error))
    return NULL;
  return g_steal_pointer (&jobserver);
}

void
jobserver_free (Jobserver *jobserver)
{
  if (jobserver == NULL)
    return;
  if (jobserver->read_fd >= 0)
    (void)close (jobserver->read_fd);
  if (jobserver->write_fd >= 0)
    (void)close (jobserver->write_fd);
  if (jobserver->tokens != NULL)
    (void)munmap (jobserver->tokens, MAX_HELD * sizeof (Token));
  g_free (jobserver);
}

/* --- Tokens ------------------------------------------------------------------
 */

static unsigned
count_used (const Jobserver *jobserver)
{
  unsigned n = 0;

  while (n < MAX_HELD
         && atomic_load (&jobserver->tokens[n].state) != TOKEN_FREE)
    n++;
  return n;
}

bool
jobserver_take (Jobserver *jobserver)
{
  const unsigned place = count_used (jobserver);
  if (place == MAX_HELD)
    return false;

  Token *token = &jobserver->tokens[place];
  ssize_t n;
  token->byte = 0;
  atomic_store (&token->state, TOKEN_TAKING);
  /* SIGKILL comes before this or after it, never between the byte's leaving
   * the pipe and its arrival here.  make's tokens are not NUL. */
  do
    n = read (jobserver->read_fd, &token->byte, 1);
  while (n < 0 && errno == EINTR);
  atomic_store (&token->state, n == 1 ? TOKEN_HELD : TOKEN_FREE);
  return n == 1;
}

/* False if the pipe does not take it: it is still held then. */
static bool
give_back (Jobserver *jobserver, Token *token)
{
  ssize_t n;

  atomic_store (&token->state, TOKEN_GIVING);
  do
    n = write (jobserver->write_fd, &token->byte, 1);
  while (n < 0 && errno == EINTR);
  atomic_store (&token->state, n == 1 ? TOKEN_FREE : TOKEN_HELD);
  return n == 1;
}

void
jobserver_give_back (Jobserver *jobserver)
{
  const unsigned n = count_used (jobserver);

  if (n > 0)
    (void)give_back (jobserver, &jobserver->tokens[n - 1]);
}

void
jobserver_give_back_all (Jobserver *jobserver)
{
  for (unsigned n = count_used (jobserver); n > 0; n--)
    {
      Token *token = &jobserver->tokens[n - 1];
      const uint8_t state = atomic_load (&token->state);

      /* Who was killed while giving it back has most likely done it: the
       * kernel ends a process when its call is over.  A token too many would
       * be worse than one too few. */
      if (state == TOKEN_GIVING || (state == TOKEN_TAKING && token->byte == 0))
        atomic_store (&token->state, TOKEN_FREE);
      else if (!give_back (jobserver, token))
        return;
    }
}

int
jobserver_fd (const Jobserver *jobserver)
{
  return jobserver->read_fd;
}

void
jobserver_scrub_environment (void)
{
  static const char *const names[]
      = { "MAKEFLAGS",     "MFLAGS",       "GNUMAKEFLAGS", "MAKELEVEL",
          "MAKEOVERRIDES", "MAKE_TERMOUT", "MAKE_TERMERR", "MAKE_RESTARTS" };

  for (unsigned i = 0; i < G_N_ELEMENTS (names); i++)
    g_unsetenv (names[i]);
}
