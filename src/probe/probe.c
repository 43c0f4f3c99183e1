/* proctor-probe - asks what proctor cannot ask itself
 *
 *   proctor-probe http URL MILLISECS   whether the URL is answered well; after
 *                                      so long (0: never) nobody asks any more
 *   proctor-probe resolve HOST         which addresses a name has
 *
 * proctor is linked statically, and starts fast because it loads nothing; a
 * client for HTTP, and the resolver of libc, are libraries that load others.
 * So they are here, and proctor starts this when a plan needs it.
 *
 * It asks again and again, and writes a line when the answer is another than
 * before: "yes 200", "no HTTP status 503", "no connection refused", "wait
 * connected; no answer yet", "yes 127.0.0.1 ::1".  It ends when its standard
 * input is closed, and when a name is resolved.
 */
#include "config.h"

#include <ctype.h>
#include <curl/curl.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* One that has answered may take so long for the next answer, before that is
 * said: its last one tells more. */
#define PATIENCE_MILLISECS 500

/* The loop of a try looks around so often, at least. */
#define LOOK_MILLISECS 1000

/* Between two tries: as `await` does; a server that has answered, and a name
 * server, are asked less often. */
#define MIN_PAUSE_MILLISECS   1
#define MIN_POLITE_MILLISECS  10
#define MAX_PAUSE_MILLISECS   50
#define MIN_RESOLVE_MILLISECS 50
#define PAUSE_PART            100

/* So much of what is answered is read; the status has come before. */
#define MAX_BODY (64 * 1024)

#define MAX_TEXT 256

typedef struct
{
  int64_t began;
  int64_t limit_millisecs; /* 0: none */
  char said[MAX_TEXT];
  bool was_connected; /* in the last try */
} Probe;

static int64_t
now_millisecs (void)
{
  struct timespec now;

  (void)clock_gettime (CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Whether the standard input was closed, @millisecs from now at the latest. */
static bool
is_closed (int64_t millisecs)
{
  struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
  char buffer[64];

  return poll (&input, 1, (int)millisecs) > 0
         && read (STDIN_FILENO, buffer, sizeof buffer) <= 0;
}

/* Waits until it is time for the next try; false: there is to be none. */
static bool
wait_for_next (const Probe *probe, int64_t min_millisecs)
{
  int64_t pause = (now_millisecs () - probe->began) / PAUSE_PART;

  if (pause > MAX_PAUSE_MILLISECS)
    pause = MAX_PAUSE_MILLISECS;
  if (pause < min_millisecs)
    pause = min_millisecs;
  return !is_closed (pause);
}

/* False: nobody listens any more. */
static bool
say (Probe *probe, const char *text)
{
  if (strcmp (text, probe->said) == 0)
    return true;
  (void)snprintf (probe->said, sizeof probe->said, "%s", text);
  return dprintf (STDOUT_FILENO, "%s\n", text) > 0;
}

/* A message of a library, as a part of a sentence. */
static void
fill_text (char *text, size_t n_text, const char *before, const char *message)
{
  const bool is_word
      = message[0] != '\0' && islower ((unsigned char)message[1]);
  const int first = (unsigned char)message[0];

  (void)snprintf (text, n_text, "%s%c%s", before,
                  is_word ? tolower (first) : first, message + 1);
}

/* --- HTTP ------------------------------------------------------------------
 */

static size_t
on_body (char *bytes, size_t size, size_t n, void *data)
{
  size_t *n_read = data;
  (void)bytes;

  *n_read += size * n;
  return *n_read <= MAX_BODY ? size * n : 0;
}

static CURL *
make_request (const char *url, size_t *n_read)
{
  CURL *request = curl_easy_init ();
  if (request == NULL)
    return NULL;

  /* What is asked is whether there is an answer: of this server, not of a proxy
   * or of where it sends us, and whoever has signed its certificate. */
  (void)curl_easy_setopt (request, CURLOPT_URL, url);
  (void)curl_easy_setopt (request, CURLOPT_PROXY, "");
  (void)curl_easy_setopt (request, CURLOPT_FOLLOWLOCATION, 0L);
  (void)curl_easy_setopt (request, CURLOPT_SSL_VERIFYPEER, 0L);
  (void)curl_easy_setopt (request, CURLOPT_SSL_VERIFYHOST, 0L);
  (void)curl_easy_setopt (request, CURLOPT_FORBID_REUSE, 1L);
  (void)curl_easy_setopt (request, CURLOPT_NOSIGNAL, 1L);
  (void)curl_easy_setopt (request, CURLOPT_USERAGENT,
                          "proctor/" PACKAGE_VERSION);
  (void)curl_easy_setopt (request, CURLOPT_WRITEFUNCTION, on_body);
  (void)curl_easy_setopt (request, CURLOPT_WRITEDATA, n_read);
  return request;
}

/* A try may take what is left of the limit; after that nobody listens, so it
 * does not matter how it ends. */
static void
limit_try (const Probe *probe, CURL *request)
{
  const int64_t left
      = probe->limit_millisecs - (now_millisecs () - probe->began);

  if (probe->limit_millisecs > 0)
    (void)curl_easy_setopt (request, CURLOPT_TIMEOUT_MS,
                            left > 0 ? (long)left : 1L);
}

static bool
is_connected (CURL *request)
{
  curl_off_t microsecs = 0;

  (void)curl_easy_getinfo (request, CURLINFO_CONNECT_TIME_T, &microsecs);
  return microsecs > 0;
}

/* Says that it is connected, when it is time for that.  How long until it is
 * to be called again. */
static int64_t
say_connected (Probe *probe, CURL *request, int64_t began)
{
  const int64_t patience = probe->was_connected ? PATIENCE_MILLISECS : 0;
  const int64_t left = patience - (now_millisecs () - began);

  if (!is_connected (request))
    return LOOK_MILLISECS;
  if (left > 0)
    return left;
  (void)say (probe, "wait connected; no answer yet");
  return LOOK_MILLISECS;
}

/* One request; false: the standard input was closed. */
static bool
perform (Probe *probe, CURLM *multi, CURL *request, CURLcode *outcome)
{
  const int64_t began = now_millisecs ();
  int n_running = 1;
  int n_left;

  limit_try (probe, request);
  (void)curl_multi_add_handle (multi, request);
  while (curl_multi_perform (multi, &n_running) == CURLM_OK && n_running > 0
         && !is_closed (0))
    {
      struct curl_waitfd input
          = { .fd = STDIN_FILENO, .events = CURL_WAIT_POLLIN };
      const int64_t wait = say_connected (probe, request, began);
      (void)curl_multi_poll (multi, &input, 1, (int)wait, NULL);
    }
  probe->was_connected = is_connected (request);

  const CURLMsg *message = curl_multi_info_read (multi, &n_left);
  *outcome = message != NULL ? message->data.result : CURLE_OK;
  (void)curl_multi_remove_handle (multi, request);
  return n_running == 0;
}

static const char *
explain (CURL *request, CURLcode outcome)
{
  long error = 0;

  (void)curl_easy_getinfo (request, CURLINFO_OS_ERRNO, &error);
  switch (outcome)
    {
    case CURLE_COULDNT_CONNECT:
      return strerror (error != 0 ? (int)error : ECONNREFUSED);
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
      return "the connection was closed without an answer";
    case CURLE_UNSUPPORTED_PROTOCOL: /* HTTP/0.9 would take anything */
    case CURLE_WEIRD_SERVER_REPLY:
      return "the answer is not HTTP";
    default:
      return curl_easy_strerror (outcome);
    }
}

static bool
ask_url (Probe *probe, CURLM *multi, CURL *request)
{
  char text[MAX_TEXT];
  long status = 0;
  CURLcode outcome;

  if (!perform (probe, multi, request, &outcome))
    return false;
  if (outcome == CURLE_OPERATION_TIMEDOUT)
    return !is_closed (-1);
  (void)curl_easy_getinfo (request, CURLINFO_RESPONSE_CODE, &status);
  if (status >= 200 && status < 400)
    (void)snprintf (text, sizeof text, "yes %ld", status);
  else if (status != 0)
    (void)snprintf (text, sizeof text, "no HTTP status %ld", status);
  else
    fill_text (text, sizeof text, "no ", explain (request, outcome));
  return say (probe, text)
         && wait_for_next (probe, outcome == CURLE_COULDNT_CONNECT
                                      ? MIN_PAUSE_MILLISECS
                                      : MIN_POLITE_MILLISECS);
}

static int
probe_url (Probe *probe, const char *url)
{
  size_t n_read = 0;

  (void)curl_global_init (CURL_GLOBAL_DEFAULT);
  CURLM *multi = curl_multi_init ();
  CURL *request = make_request (url, &n_read);
  if (multi == NULL || request == NULL)
    return 1;
  while (ask_url (probe, multi, request))
    n_read = 0;
  curl_easy_cleanup (request);
  (void)curl_multi_cleanup (multi);
  curl_global_cleanup ();
  return 0;
}

/* --- Names -----------------------------------------------------------------
 */

/* "yes 127.0.0.1 ::1" */
static void
fill_addresses (const struct addrinfo *addresses, char *text, size_t n_text)
{
  size_t n = (size_t)snprintf (text, n_text, "yes");

  for (const struct addrinfo *i = addresses; i != NULL; i = i->ai_next)
    {
      char name[NI_MAXHOST];
      if (getnameinfo (i->ai_addr, i->ai_addrlen, name, sizeof name, NULL, 0,
                       NI_NUMERICHOST)
              == 0
          && n + strlen (name) + 1 < n_text)
        n += (size_t)snprintf (text + n, n_text - n, " %s", name);
    }
}

static int
probe_name (Probe *probe, const char *name)
{
  const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };

  for (;;)
    {
      char text[MAX_TEXT];
      struct addrinfo *addresses;
      const int error = getaddrinfo (name, NULL, &hints, &addresses);
      if (error == 0)
        {
          fill_addresses (addresses, text, sizeof text);
          freeaddrinfo (addresses);
          return say (probe, text) ? 0 : 1;
        }
      fill_text (text, sizeof text,
                 error == EAI_AGAIN ? "wait its name is not resolved yet: "
                                    : "no its name cannot be resolved: ",
                 gai_strerror (error));
      if (!say (probe, text) || !wait_for_next (probe, MIN_RESOLVE_MILLISECS))
        return 1;
    }
}

int
main (int argc, char **argv)
{
  Probe probe = { .began = now_millisecs () };

  if (argc == 4 && strcmp (argv[1], "http") == 0)
    {
      probe.limit_millisecs = strtoll (argv[3], NULL, 10);
      return probe_url (&probe, argv[2]);
    }
  if (argc == 3 && strcmp (argv[1], "resolve") == 0)
    return probe_name (&probe, argv[2]);
  (void)dprintf (STDERR_FILENO,
                 "usage: proctor-probe http URL MILLISECS | resolve HOST\n");
  return 2;
}
