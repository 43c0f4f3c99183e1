#include "config.h"

#include "vm/await/endpoint.h"

#include "vm/await/endpoint-state.h"

#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#define MIN_AGAIN_MICROSECS 1000
#define MAX_AGAIN_MICROSECS (50 * 1000)
#define AGAIN_PART          100

static void (*const ask_funcs[]) (Endpoint *endpoint) = {
  [TARGET_TCP] = endpoint_ask_tcp,         [TARGET_UNIX] = endpoint_ask_unix,
  [TARGET_FILE] = endpoint_ask_file,       [TARGET_HTTP] = endpoint_ask_http,
  [TARGET_PIDFILE] = endpoint_ask_pidfile,
};

/* --- For the kinds ---------------------------------------------------------
 */

void
endpoint_on_change (void *data)
{
  Endpoint *endpoint = data;

  endpoint->has_changed = true;
  if (!endpoint->is_asking)
    endpoint->host.on_change (endpoint->host.data);
}

static int64_t
again_microsecs (const Endpoint *endpoint)
{
  const int64_t waited = g_get_monotonic_time () - endpoint->began;
  return CLAMP (waited / AGAIN_PART, MIN_AGAIN_MICROSECS, MAX_AGAIN_MICROSECS);
}

void
endpoint_set (Endpoint *endpoint, bool is_there, bool is_told,
              const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_string_vprintf (endpoint->text, format, arguments);
  va_end (arguments);
  endpoint->answer.is_there = is_there;
  endpoint->answer.again_microsecs = is_told ? 0 : again_microsecs (endpoint);
}

void
endpoint_set_unknown (Endpoint *endpoint, const char *text)
{
  endpoint_set (endpoint, false, true, "%s", text);
  endpoint->answer.is_unknown = true;
}

void
endpoint_set_hopeless (Endpoint *endpoint, const char *text)
{
  endpoint_set (endpoint, false, true, "%s", text);
  endpoint->answer.is_hopeless = true;
}

char *
endpoint_error_text (int error)
{
  char *text = g_strdup (g_strerror (error));

  text[0] = g_ascii_tolower (text[0]);
  return text;
}

/* --- Life -------------------------------------------------------------------
 */

Endpoint *
endpoint_new (const Target *target, const EndpointHost *host)
{
  Endpoint *endpoint = g_new0 (Endpoint, 1);

  endpoint->target = target;
  endpoint->host = *host;
  endpoint->began = g_get_monotonic_time ();
  endpoint->has_changed = true;
  endpoint->text = g_string_new (NULL);
  endpoint->inodes = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  endpoint->pidfd = -1;
  if (target->path != NULL && !target->is_abstract)
    {
      endpoint->path = place_absolute (host->cwd, target->path);
      endpoint->place = place_new (host->watches, endpoint->path,
                                   endpoint_on_change, endpoint);
    }
  return endpoint;
}

void
endpoint_free (Endpoint *endpoint)
{
  if (endpoint == NULL)
    return;
  helper_free (endpoint->helper);
  connecting_free (endpoint->connecting);
  fd_watch_free (endpoint->pidfd_watch);
  if (endpoint->pidfd >= 0)
    (void)close (endpoint->pidfd);
  place_free (endpoint->place);
  if (endpoint->addresses != NULL)
    g_array_unref (endpoint->addresses);
  g_array_unref (endpoint->inodes);
  (void)g_string_free (endpoint->text, TRUE);
  g_free (endpoint->helper_wrong);
  g_free (endpoint->told);
  g_free (endpoint->path);
  g_free (endpoint);
}

/* Whoever waits may be woken by anything: then there is nothing to ask. */
static bool
is_due (Endpoint *endpoint)
{
  EndpointAnswer *answer = &endpoint->answer;

  if (endpoint->has_changed)
    return true;
  if (answer->again_microsecs == 0)
    return false;

  const int64_t now = g_get_monotonic_time ();
  const int64_t left = endpoint->asked_at + answer->again_microsecs - now;
  if (left <= 0)
    return true;
  answer->again_microsecs = left;
  endpoint->asked_at = now;
  return false;
}

const EndpointAnswer *
endpoint_ask (Endpoint *endpoint)
{
  if (!is_due (endpoint))
    return &endpoint->answer;

  endpoint->has_changed = false;
  endpoint->answer = (EndpointAnswer){ 0 };
  if (endpoint->connecting == NULL)
    g_array_set_size (endpoint->inodes, 0);
  endpoint->is_asking = true;
  ask_funcs[endpoint->target->kind](endpoint);
  endpoint->is_asking = false;
  endpoint->asked_at = g_get_monotonic_time ();
  endpoint->answer.text = endpoint->text->str;
  endpoint->answer.inodes = endpoint->inodes;
  return &endpoint->answer;
}

const EndpointAnswer *
endpoint_ask_anew (Endpoint *endpoint)
{
  endpoint->has_changed = true;
  return endpoint_ask (endpoint);
}

pid_t
endpoint_helper_pid (const Endpoint *endpoint)
{
  return endpoint->helper != NULL ? helper_pid (endpoint->helper) : 0;
}

void
endpoint_append_place (const Target *target, GString *out)
{
  if (target->host == NULL)
    g_string_append_printf (out, "port %u", target->port);
  else if (strchr (target->host, ':') != NULL)
    g_string_append_printf (out, "[%s]:%u", target->host, target->port);
  else
    g_string_append_printf (out, "%s:%u", target->host, target->port);
}
