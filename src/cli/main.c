#include "config.h"

#include "cli/cli.h"
#include "suite/leave.h"

#include <fcntl.h>
#include <unistd.h>

/* Whoever started us may have closed our standard descriptors; the next file
 * that we open must not become one of them.  What is put in their place fails
 * as the closed one would. */
static void
open_standard_descriptors (void)
{
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    {
      if (fcntl (fd, F_GETFD) < 0)
        (void)open ("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    }
}

int
main (int argc, char **argv)
{
  open_standard_descriptors ();
  leave_as (cli_main (argc, argv));
}
