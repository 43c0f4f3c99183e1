/* adder - reads numbers, a line each, and prints what they have come to */
#include <stdio.h>

int
main (void)
{
  char line[80];
  long number;
  long sum = 0;

  while (fgets (line, sizeof line, stdin) != NULL)
    {
      if (sscanf (line, "%ld", &number) != 1)
        {
          fprintf (stderr, "no number: %s", line);
          return 1;
        }
      sum += number;
      printf ("%ld\n", sum);
      fflush (stdout);
    }
  return 0;
}
