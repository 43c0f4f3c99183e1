/* child-write MIB [LAST]: writes so much to its standard output, in lines, and
 * then a last one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK_BYTES 65536
#define LINE_BYTES  128

int
main (int argc, char **argv)
{
  static char block[BLOCK_BYTES];
  const long n_mib = argc > 1 ? strtol (argv[1], NULL, 10) : 1;

  memset (block, 'x', sizeof block);
  for (size_t i = LINE_BYTES - 1; i < sizeof block; i += LINE_BYTES)
    block[i] = '\n';
  for (long i = 0; i < n_mib * (1024 * 1024 / BLOCK_BYTES); i++)
    if (write (STDOUT_FILENO, block, sizeof block) != sizeof block)
      return 1;
  return argc > 2 && puts (argv[2]) < 0;
}
