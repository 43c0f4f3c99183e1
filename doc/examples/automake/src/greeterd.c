/* greeterd - greets whoever comes
 *
 *   greeterd SOCKET
 *
 * Each client sends a line with its name, and gets a line back.  SIGTERM ends
 * it, with status 0.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void
greet (int client)
{
  FILE *stream = fdopen (client, "r+");
  char name[80];

  if (stream == NULL)
    return;
  if (fgets (name, sizeof name, stream) != NULL)
    {
      name[strcspn (name, "\n")] = '\0';
      fprintf (stream, "hello, %s\n", name);
      printf ("greeted %s\n", name);
      fflush (stdout);
    }
  fclose (stream);
}

static void
end (int signal)
{
  (void) signal;
  _exit (0);
}

int
main (int argc, char **argv)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int server = socket (AF_UNIX, SOCK_STREAM, 0);

  if (argc != 2 || strlen (argv[1]) >= sizeof address.sun_path)
    {
      fputs ("usage: greeterd SOCKET\n", stderr);
      return 2;
    }
  strcpy (address.sun_path, argv[1]);
  signal (SIGTERM, end);
  signal (SIGPIPE, SIG_IGN);
  if (bind (server, (struct sockaddr *) &address, sizeof address) != 0
      || listen (server, 8) != 0)
    {
      perror (argv[1]);
      return 1;
    }
  printf ("listening on %s\n", argv[1]);
  fflush (stdout);
  for (;;)
    greet (accept (server, NULL, NULL));
}
