/* ticker - prints ticks until it is told to stop, with SIGTERM
 *
 *   ticker MILLISECONDS
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static volatile sig_atomic_t is_over;

static void
end (int number)
{
  (void) number;
  is_over = 1;
}

int
main (int argc, char **argv)
{
  const long milliseconds = argc == 2 ? atol (argv[1]) : 0;
  const struct timespec pause = { .tv_sec = milliseconds / 1000,
                                  .tv_nsec = milliseconds % 1000 * 1000000 };

  if (milliseconds <= 0)
    {
      fputs ("usage: ticker MILLISECONDS\n", stderr);
      return 2;
    }
  signal (SIGTERM, end);
  for (unsigned n = 1; !is_over; n++)
    {
      printf ("tick %u\n", n);
      fflush (stdout);
      nanosleep (&pause, NULL);
    }
  puts ("over");
  return 0;
}
