#include "config.h"

#include "suite/locks.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct Locks
{
  GHashTable *held; /* owned: of char (owned), to Claim (owned) */
  bool is_elsewhere;
};

/* A name that no other process can have while the socket is open: the kernel
 * sees to that, and to its end. */
typedef struct
{
  int fd; /* owned; -1: there is none */
} Claim;

static void
claim_free (void *data)
{
  Claim *claim = data;

  if (claim->fd >= 0)
    (void)close (claim->fd);
  g_free (claim);
}

/* A name that is too long gives way to its hash. */
static socklen_t
make_name (struct sockaddr_un *name, const char *lock)
{
  const size_t n_room = sizeof name->sun_path - 1;
  char *path = name->sun_path + 1; /* behind the NUL of an abstract one */
  g_autofree char *wanted
      = g_strdup_printf ("proctor-lock-%u:%s", (unsigned)getuid (), lock);

  if (strlen (wanted) >= n_room)
    {
      g_autofree char *hash
          = g_compute_checksum_for_string (G_CHECKSUM_SHA256, lock, -1);
      g_free (wanted);
      wanted
          = g_strdup_printf ("proctor-lock-%u#%s", (unsigned)getuid (), hash);
    }
  (void)g_strlcpy (path, wanted, n_room);
  return (socklen_t)(offsetof (struct sockaddr_un, sun_path) + 1
                     + strlen (path));
}

static bool
is_shortage (int error)
{
  return error == EMFILE || error == ENFILE || error == ENOBUFS
         || error == ENOMEM;
}

/* NULL: another process has it; or we are short of something, which passes as
 * a lock does.  Where there are no such sockets a claim goes without: proctors
 * cannot see each other there. */
static Claim *
claim_new (const char *lock)
{
  struct sockaddr_un name = { .sun_family = AF_UNIX };
  const socklen_t n_name = make_name (&name, lock);
  int fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  if (fd < 0 || bind (fd, (struct sockaddr *)&name, n_name) < 0)
    {
      const int error = errno;
      if (fd >= 0)
        (void)close (fd);
      fd = -1;
      if (error == EADDRINUSE || is_shortage (error))
        return NULL;
    }

  Claim *claim = g_new (Claim, 1);
  claim->fd = fd;
  return claim;
}

Locks *
locks_new (void)
{
  Locks *locks = g_new0 (Locks, 1);

  locks->held
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, claim_free);
  return locks;
}

void
locks_free (Locks *locks)
{
  if (locks == NULL)
    return;
  g_hash_table_unref (locks->held);
  g_free (locks);
}

static int
compare_names (const void *a, const void *b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* In order: of two proctors that want the same ones at the same moment, one
 * gets them. */
static bool
take_sorted (Locks *locks, const char *const *sorted, unsigned n_names)
{
  for (unsigned i = 0; i < n_names; i++)
    {
      if (g_hash_table_contains (locks->held, sorted[i]))
        continue; /* it is there twice */

      Claim *claim = claim_new (sorted[i]);
      if (claim == NULL)
        {
          locks_release (locks, sorted, i);
          return false;
        }
      g_hash_table_insert (locks->held, g_strdup (sorted[i]), claim);
    }
  return true;
}

bool
locks_take (Locks *locks, const char *const *names, unsigned n_names)
{
  locks->is_elsewhere = false;
  for (unsigned i = 0; i < n_names; i++)
    if (g_hash_table_contains (locks->held, names[i]))
      return false;
  if (n_names == 0)
    return true;

  g_autofree const char **sorted = g_new (const char *, n_names);
  memcpy (sorted, names, n_names * sizeof *sorted);
  qsort (sorted, n_names, sizeof *sorted, compare_names);
  locks->is_elsewhere = !take_sorted (locks, sorted, n_names);
  return !locks->is_elsewhere;
}

void
locks_release (Locks *locks, const char *const *names, unsigned n_names)
{
  for (unsigned i = 0; i < n_names; i++)
    (void)g_hash_table_remove (locks->held, names[i]);
}

bool
locks_is_held_elsewhere (const Locks *locks)
{
  return locks->is_elsewhere;
}

void
locks_forget (Locks *locks)
{
  g_hash_table_remove_all (locks->held);
}
