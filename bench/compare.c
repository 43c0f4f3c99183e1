/* compare - times two commands, taken in turns
 *
 *     compare N COMMAND ARG... -- COMMAND ARG...
 *
 * Prints, of N pairs: the median of second / first, its quartiles, the median
 * seconds of each, and the most memory that a process of the second had, in
 * KiB.  Standard output of both goes to /dev/null; one that does not exit 0
 * ends it all.
 *
 * Linked statically and small: what a process had before its exec counts as
 * its memory. */
#include "config.h"

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_PAIRS 1000

typedef struct
{
  double seconds;
  long kib;
} Run;

static double
now (void)
{
  struct timespec time;

  (void)clock_gettime (CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static Run
run (char *const *argv)
{
  const double begin = now ();
  struct rusage usage;
  int status;

  const pid_t pid = fork ();
  if (pid == 0)
    {
      const int null = open ("/dev/null", O_WRONLY);
      (void)dup2 (null, STDOUT_FILENO);
      (void)close (null);
      execvp (argv[0], argv);
      err (127, "%s", argv[0]);
    }
  if (pid < 0 || wait4 (pid, &status, 0, &usage) != pid)
    err (1, "%s", argv[0]);
  if (status != 0)
    errx (1, "%s: ended with status 0x%x", argv[0], (unsigned)status);
  return (Run){ now () - begin, usage.ru_maxrss };
}

static int
compare_doubles (const void *a, const void *b)
{
  const double x = *(const double *)a;
  const double y = *(const double *)b;
  return (x > y) - (x < y);
}

static double
median (double *values, int n)
{
  qsort (values, (size_t)n, sizeof *values, compare_doubles);
  return n % 2 != 0 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

int
main (int argc, char **argv)
{
  static double ratios[MAX_PAIRS];
  static double seconds[2][MAX_PAIRS];
  long kib = 0;
  int split = 2;

  while (split < argc && strcmp (argv[split], "--") != 0)
    split++;
  const int n = argc > 1 ? atoi (argv[1]) : 0;
  if (n < 1 || n > MAX_PAIRS || split == 2 || split + 1 >= argc)
    errx (2, "usage: compare N COMMAND ARG... -- COMMAND ARG...");
  argv[split] = NULL;

  for (int i = 0; i < n; i++)
    {
      const Run first = run (argv + 2);
      const Run second = run (argv + split + 1);
      seconds[0][i] = first.seconds;
      seconds[1][i] = second.seconds;
      ratios[i] = second.seconds / first.seconds;
      kib = second.kib > kib ? second.kib : kib;
    }

  const double middle = median (ratios, n);
  printf ("%.3f %.3f %.3f %.6f %.6f %ld\n", middle, ratios[n / 4],
          ratios[n - 1 - n / 4], median (seconds[0], n), median (seconds[1], n),
          kib);
  return 0;
}
