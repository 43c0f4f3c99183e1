/* greet - says a name to greeterd, and prints what that answers
 *
 *   greet SOCKET NAME
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

int
main (int argc, char **argv)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int server = socket (AF_UNIX, SOCK_STREAM, 0);
  char answer[100];
  FILE *stream;

  if (argc != 3 || strlen (argv[1]) >= sizeof address.sun_path)
    {
      fputs ("usage: greet SOCKET NAME\n", stderr);
      return 2;
    }
  strcpy (address.sun_path, argv[1]);
  if (connect (server, (struct sockaddr *) &address, sizeof address) != 0
      || (stream = fdopen (server, "r+")) == NULL)
    {
      perror (argv[1]);
      return 1;
    }
  fprintf (stream, "%s\n", argv[2]);
  fflush (stream);
  if (fgets (answer, sizeof answer, stream) == NULL)
    return 1;
  fputs (answer, stdout);
  return 0;
}
