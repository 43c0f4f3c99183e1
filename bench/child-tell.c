/* child-tell - tells a moment, and how long it took to be answered
 *
 *     child-tell line N OUT          a line on standard output
 *     child-tell port N OUT PORT     a listening socket, at PORT and following
 *     child-tell exit STAMP          its own last instruction
 *     child-tell answer N OUT STAMP  is told the answer to "exit"
 *
 * The answer is a byte on standard input, for which it spins: so nothing but
 * the way from the moment to the answer is measured.  The median of N, in
 * microseconds, is written to the file OUT. */
#include "config.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MIN_PAUSE_MICROSECS 500

static int64_t
now (void)
{
  struct timespec time;

  (void)clock_gettime (CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void
pause_some (int range)
{
  (void)usleep ((useconds_t)(MIN_PAUSE_MICROSECS + rand () % range));
}

/* False at the end. */
static int
spin (void)
{
  char byte;
  ssize_t n;

  while ((n = read (STDIN_FILENO, &byte, 1)) < 0 && errno == EAGAIN)
    ;
  return n == 1;
}

static int
compare (const void *a, const void *b)
{
  const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
  return (left > right) - (left < right);
}

static void
write_median (const char *path, int64_t *times, int n)
{
  FILE *file = fopen (path, "we");

  if (file == NULL || n == 0)
    err (1, "%s", path);
  qsort (times, (size_t)n, sizeof *times, compare);
  (void)fprintf (file, "%.1f\n", (double)times[n / 2] / 1000.0);
  if (fclose (file) != 0)
    err (1, "%s", path);
}

static void
tell_lines (int64_t *times, int n)
{
  for (int i = 0; i < n; i++)
    {
      char line[32];
      const int n_line = snprintf (line, sizeof line, "line %d\n", i);
      pause_some (2000);
      times[i] = now ();
      if (write (STDOUT_FILENO, line, (size_t)n_line) != n_line || !spin ())
        err (1, "no answer");
      times[i] = now () - times[i];
    }
}

static void
tell_ports (int64_t *times, int n, int port)
{
  for (int i = 0; i < n; i++)
    {
      const int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      const int on = 1;
      const struct sockaddr_in address
          = { .sin_family = AF_INET,
              .sin_port = htons ((uint16_t)(port + i)),
              .sin_addr = { htonl (INADDR_LOOPBACK) } };
      (void)setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
      if (bind (fd, (const struct sockaddr *)&address, sizeof address) != 0)
        err (1, "port %d", port + i);
      pause_some (400000);
      times[i] = now ();
      if (listen (fd, 1) != 0 || !spin ())
        err (1, "no answer");
      times[i] = now () - times[i];
    }
}

static int64_t *
map_stamp (const char *path)
{
  const int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

  if (fd < 0 || ftruncate (fd, sizeof (int64_t)) != 0)
    err (1, "%s", path);
  return mmap (NULL, sizeof (int64_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd,
               0);
}

static int
take_answers (int64_t *times, int n, const int64_t *stamp)
{
  int i = 0;

  for (; i < n && spin (); i++)
    times[i] = now () - __atomic_load_n (stamp, __ATOMIC_SEQ_CST);
  return i;
}

int
main (int argc, char **argv)
{
  if (argc < 3)
    errx (2, "usage: child-tell line|port|exit|answer ...");
  if (strcmp (argv[1], "exit") == 0)
    {
      int64_t *stamp = map_stamp (argv[2]);
      pause_some (2000);
      __atomic_store_n (stamp, now (), __ATOMIC_SEQ_CST);
      _exit (0);
    }
  if (argc < 4)
    errx (2, "usage: child-tell line|port|answer N OUT ...");

  int n = atoi (argv[2]);
  int64_t *times = calloc ((size_t)n, sizeof *times);
  (void)fcntl (STDIN_FILENO, F_SETFL, O_NONBLOCK);
  if (strcmp (argv[1], "line") == 0)
    tell_lines (times, n);
  else if (strcmp (argv[1], "port") == 0)
    tell_ports (times, n, atoi (argv[4]));
  else
    n = take_answers (times, n, map_stamp (argv[4]));
  write_median (argv[3], times, n);
  free (times);
  return 0;
}
