/* odd - processes that no shell can be
 *
 *   odd thread PIDFILE SOCKET
 *     leaves a daemon behind whose first thread has ended: another one lives,
 *     and listens on SOCKET.  It is so when this ends.
 *   odd hop N FILE
 *     leaves a chain of N processes behind, each of which forks the next and
 *     exits.  The last one makes FILE.
 *   odd obey [CODE]
 *     says "ready", and does what its standard input says, a line each: "exit
 *     CODE", "die SIGNAL", or "end PID SIGNAL CODE", which is to signal another
 *     process, to wait until it is no more (reaped, that is), and to exit. With
 *     CODE it exits with that on SIGTERM.
 *   odd end [PID SIGNAL]...
 *     does the same to other processes, one after the other.
 *   odd kill PID...
 *     kills them all, and waits until they are dead (reaped or not).
 *   odd hog FILE
 *     forks until no more processes are to be had, and says "full".  A moment
 *     after FILE is there it ends what it has forked, and stays.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void
die (const char *what)
{
  perror (what);
  _exit (1);
}

static void
detach (void)
{
  const int null = open ("/dev/null", O_RDWR);

  if (setsid () < 0)
    die ("setsid");
  for (int fd = 0; fd <= 2; fd++)
    if (dup2 (null, fd) < 0)
      die ("dup2");
}

/* --- A first thread that has ended ------------------------------------------
 */

typedef struct
{
  const char *pidfile;
  const char *socket;
  int ready;
} Daemon;

static bool
has_first_thread_ended (void)
{
  char path[64], text[512];

  (void)snprintf (path, sizeof path, "/proc/self/task/%d/stat", (int)getpid ());
  FILE *file = fopen (path, "r");
  if (file == NULL)
    die (path);
  const size_t n = fread (text, 1, sizeof text - 1, file);
  (void)fclose (file);
  text[n] = '\0';
  const char *rest = strrchr (text, ')');
  return rest != NULL && strncmp (rest, ") Z", 3) == 0;
}

static void
listen_on (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  const int fd = socket (AF_UNIX, SOCK_STREAM, 0);

  if (fd < 0 || strlen (path) >= sizeof address.sun_path)
    die ("socket");
  (void)strcpy (address.sun_path, path);
  if (bind (fd, (const struct sockaddr *)&address, sizeof address) < 0
      || listen (fd, 1) < 0)
    die (path);
}

static void *
go_on (void *data)
{
  const Daemon *daemon = data;

  while (!has_first_thread_ended ())
    (void)usleep (1000);
  listen_on (daemon->socket);
  FILE *file = fopen (daemon->pidfile, "w");
  if (file == NULL || fprintf (file, "%d\n", (int)getpid ()) < 0
      || fclose (file) != 0 || write (daemon->ready, "", 1) != 1
      || close (daemon->ready) < 0)
    die (daemon->pidfile);
  for (;;)
    (void)pause ();
  return NULL;
}

static int
leave_thread (const char *pidfile, const char *socket)
{
  int ends[2];
  char byte;

  if (pipe (ends) < 0)
    die ("pipe");
  const pid_t pid = fork ();
  if (pid < 0)
    die ("fork");
  if (pid > 0)
    {
      (void)close (ends[1]);
      return read (ends[0], &byte, 1) == 1 ? 0 : 1;
    }

  static Daemon daemon;
  pthread_t thread;
  daemon = (Daemon){ pidfile, socket, ends[1] };
  (void)close (ends[0]);
  detach ();
  errno = pthread_create (&thread, NULL, go_on, &daemon);
  if (errno != 0)
    die ("pthread_create");
  pthread_exit (NULL);
}

/* --- A chain ---------------------------------------------------------------
 */

/* The limit may be reached by others of the same user. */
static pid_t
fork_at_last (void)
{
  pid_t pid;

  while ((pid = fork ()) < 0 && errno == EAGAIN)
    (void)usleep (1000);
  return pid;
}

static int
leave_chain (long n, const char *path)
{
  const pid_t first = fork_at_last ();

  if (first != 0)
    return first < 0;
  detach ();
  for (long i = 0; i < n; i++)
    {
      const pid_t pid = fork_at_last ();
      if (pid != 0)
        _exit (pid < 0);
    }
  (void)close (open (path, O_WRONLY | O_CREAT, 0600));
  return 0;
}

/* --- What is told ----------------------------------------------------------
 */

static void
end_other (pid_t pid, int number)
{
  if (kill (pid, number) < 0)
    die ("kill");
  while (kill (pid, 0) == 0)
    (void)usleep (200);
}

static int
kill_all (char *const *pids, int n)
{
  struct pollfd ends[8];

  for (int i = 0; i < n; i++)
    {
      const long pid = strtol (pids[i], NULL, 10);
      ends[i] = (struct pollfd){ .fd = (int)syscall (SYS_pidfd_open, pid, 0),
                                 .events = POLLIN };
      if (ends[i].fd < 0)
        die ("pidfd_open");
    }
  for (int i = 0; i < n; i++)
    if (syscall (SYS_pidfd_send_signal, ends[i].fd, SIGKILL, NULL, 0) < 0)
      die ("kill");
  for (int i = 0; i < n; i++)
    if (poll (&ends[i], 1, -1) != 1)
      die ("poll");
  return 0;
}

static volatile sig_atomic_t code_of_term;

static void
on_term (int number)
{
  (void)number;
  _exit (code_of_term);
}

static int
obey (const char *code)
{
  char line[128];
  int pid, number, status;

  if (code != NULL)
    {
      code_of_term = (int)strtol (code, NULL, 10);
      (void)signal (SIGTERM, on_term);
    }
  if (write (STDOUT_FILENO, "ready\n", 6) != 6)
    die ("write");
  while (fgets (line, sizeof line, stdin) != NULL)
    if (sscanf (line, "exit %d", &status) == 1)
      _exit (status);
    else if (sscanf (line, "die %d", &number) == 1)
      (void)raise (number);
    else if (sscanf (line, "end %d %d %d", &pid, &number, &status) == 3)
      {
        end_other (pid, number);
        _exit (status);
      }
  for (;;) /* only what is told ends it */
    (void)pause ();
}

/* --- All processes that there may be ---------------------------------------
 */

#define MAX_HOGS 1000

static _Noreturn void
be_hogged (pid_t parent)
{
  (void)prctl (PR_SET_PDEATHSIG, SIGKILL);
  while (getppid () == parent)
    (void)pause ();
  _exit (0);
}

static _Noreturn void
be_hog (const char *path)
{
  const pid_t parent = getpid ();
  static pid_t pids[MAX_HOGS];
  int n = 0;

  while (n < MAX_HOGS && (pids[n] = fork ()) >= 0)
    if (pids[n] == 0)
      be_hogged (parent);
    else
      n++;
  if (write (STDOUT_FILENO, "full\n", 5) != 5)
    die ("write");
  while (access (path, F_OK) < 0)
    (void)usleep (1000);
  (void)usleep (100 * 1000);
  while (n > 0)
    {
      (void)kill (pids[--n], SIGKILL);
      (void)waitpid (pids[n], NULL, 0);
    }
  for (;;)
    (void)pause ();
}

int
main (int argc, char **argv)
{
  if (argc == 4 && strcmp (argv[1], "thread") == 0)
    return leave_thread (argv[2], argv[3]);
  if (argc == 4 && strcmp (argv[1], "hop") == 0)
    return leave_chain (strtol (argv[2], NULL, 10), argv[3]);
  if ((argc == 2 || argc == 3) && strcmp (argv[1], "obey") == 0)
    return obey (argv[2]);
  if (argc >= 2 && argc % 2 == 0 && strcmp (argv[1], "end") == 0)
    {
      for (int i = 2; i < argc; i += 2)
        end_other ((pid_t)strtol (argv[i], NULL, 10),
                   (int)strtol (argv[i + 1], NULL, 10));
      return 0;
    }
  if (argc >= 3 && argc <= 10 && strcmp (argv[1], "kill") == 0)
    return kill_all (argv + 2, argc - 2);
  if (argc == 3 && strcmp (argv[1], "hog") == 0)
    be_hog (argv[2]);
  (void)fprintf (stderr, "odd: what?\n");
  return 2;
}
