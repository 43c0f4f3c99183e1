#include "config.h"

#include "vm/await/endpoint-state.h"
#include "vm/await/sockets.h"

#include <errno.h>
#include <sys/stat.h>

static void
set_bound (Endpoint *endpoint)
{
  endpoint_set (endpoint, false, false,
                endpoint->target->is_abstract
                    ? "the socket \"@%s\" is there, but nothing listens on it"
                    : "the socket \"%s\" is there, but nothing listens on it",
                endpoint->target->path);
}

static void
set_listening (Endpoint *endpoint)
{
  endpoint_set (endpoint, true, false,
                endpoint->target->is_abstract ? "\"@%s\" is still listened on"
                                              : "\"%s\" is still listened on",
                endpoint->target->path);
}

static void
try_connection (Endpoint *endpoint)
{
  const Target *target = endpoint->target;
  const char *path = target->is_abstract ? target->path : endpoint->path;
  const int error
      = connecting_try_unix (path, target->is_abstract, &endpoint->answer.pid);
  g_autofree char *text = endpoint_error_text (error);

  if (error == 0)
    set_listening (endpoint);
  else if (error == ECONNREFUSED && !target->is_abstract)
    set_bound (endpoint);
  else
    endpoint_set (endpoint, false, false, "\"%s\": %s", target->text, text);
}

/* Whether there is a socket in the file system, listened on or not. */
static bool
is_there (Endpoint *endpoint)
{
  const bool is_told = place_watch (endpoint->place);
  const char *path = endpoint->target->path;
  struct stat status;

  if (stat (endpoint->path, &status) == 0)
    {
      if (!S_ISSOCK (status.st_mode))
        endpoint_set (endpoint, false, is_told, "\"%s\" is not a socket", path);
      return S_ISSOCK (status.st_mode);
    }

  const int error = errno;
  g_autofree char *text = endpoint_error_text (error);
  if (error == ENOENT || error == ENOTDIR)
    endpoint_set (endpoint, false, is_told, "there is no \"%s\"", path);
  else
    endpoint_set (endpoint, false, false, "\"%s\": %s", path, text);
  return false;
}

void
endpoint_ask_unix (Endpoint *endpoint)
{
  SocketsAnswer answer;

  if (endpoint->target->is_abstract)
    answer = sockets_find_abstract (endpoint->target->path, endpoint->inodes);
  else if (is_there (endpoint))
    answer = sockets_find_unix (endpoint->path, endpoint->inodes);
  else
    return;

  switch (answer)
    {
    case SOCKETS_LISTENING:
      set_listening (endpoint);
      break;
    case SOCKETS_BOUND:
      set_bound (endpoint);
      break;
    case SOCKETS_UNCLEAR:
      try_connection (endpoint);
      break;
    case SOCKETS_NONE:
      endpoint_set (endpoint, false, false,
                    endpoint->target->is_abstract
                        ? "there is no socket \"@%s\""
                        : "there is no \"%s\"", /* any more */
                    endpoint->target->path);
      break;
    }
}
