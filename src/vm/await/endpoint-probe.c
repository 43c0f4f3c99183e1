#include "config.h"

#include "base/syserror.h"
#include "vm/await/endpoint-state.h"
#include "vm/await/sockets.h"

#include <inttypes.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROBE "proctor-probe"

#define MICROSECS_PER_MILLISEC 1000

/* Beside the program that runs, where it was built; else where it was
 * installed. */
static char *
find_probe (void)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);

  if (self != NULL)
    {
      g_autofree char *directory = g_path_get_dirname (self);
      g_autofree char *beside = g_build_filename (directory, PROBE, NULL);
      if (access (beside, X_OK) == 0)
        return g_steal_pointer (&beside);
    }
  return g_build_filename (PKGLIBEXECDIR, PROBE, NULL);
}

/* "yes 200", "no connection refused", "wait connected; no answer yet" */
static void
on_line (const char *line, void *data)
{
  Endpoint *endpoint = data;
  const char *rest = strchr (line, ' ');

  g_free (endpoint->told);
  endpoint->told = g_strdup (rest != NULL ? rest + 1 : line);
  endpoint->told_kind = g_str_has_prefix (line, "yes ")    ? TOLD_YES
                        : g_str_has_prefix (line, "wait ") ? TOLD_WAIT
                                                           : TOLD_NO;
  endpoint_on_change (endpoint);
}

static void
on_end (const HelperEnd *end, void *data)
{
  Endpoint *endpoint = data;
  g_autofree char *error = endpoint_error_text (end->error);

  /* What it has found out is all that was wanted of it. */
  if (end->error == 0 && end->wait_status == 0
      && endpoint->told_kind == TOLD_YES)
    return;
  g_free (endpoint->helper_wrong);
  endpoint->helper_wrong
      = end->error != 0
            ? g_strdup_printf (PROBE " cannot be executed: %s", error)
        : WIFSIGNALED (end->wait_status)
            ? g_strdup_printf (PROBE " was killed by signal %d",
                               WTERMSIG (end->wait_status))
            : g_strdup (PROBE " has ended before its time");
  endpoint_on_change (endpoint);
}

static bool
find_end (pid_t pid, int *wait_status, void *data)
{
  const EndpointHost *host = &((Endpoint *)data)->host;
  return host->find_end != NULL
         && host->find_end (pid, wait_status, host->data);
}

static const HelperFuncs funcs
    = { .on_line = on_line, .on_end = on_end, .find_end = find_end };

static bool
is_refused_for_now (Endpoint *endpoint, const GError *error)
{
  const int64_t now = g_get_monotonic_time ();

  if (endpoint->refused_since == 0)
    endpoint->refused_since = now;
  if (!syserror_may_pass (error)
      || now - endpoint->refused_since >= SYSERROR_PATIENCE_MICROSECS)
    return false;
  endpoint_set (endpoint, false, false, "%s", error->message);
  endpoint->answer.is_unknown = true;
  return true;
}

bool
endpoint_start_probe (Endpoint *endpoint, const char *verb,
                      const char *argument, const char *limit)
{
  if (endpoint->helper == NULL && endpoint->helper_wrong == NULL)
    {
      g_autofree char *found
          = endpoint->host.probe == NULL ? find_probe () : NULL;
      const char *const argv[] = { found != NULL ? found : endpoint->host.probe,
                                   verb, argument, limit, NULL };
      g_autoptr (GError) error = NULL;
      endpoint->helper = helper_new (argv, false, &funcs, endpoint, &error);
      if (endpoint->helper == NULL && is_refused_for_now (endpoint, error))
        return false;
      if (endpoint->helper == NULL)
        endpoint->helper_wrong = g_strdup (error->message);
    }
  if (endpoint->helper_wrong == NULL)
    return true;
  endpoint_set_hopeless (endpoint, endpoint->helper_wrong);
  return false;
}

/* Those of the port, for `by`; of a name nothing is known but that. */
static void
find_inodes (Endpoint *endpoint)
{
  const Target *target = endpoint->target;
  Address address;
  const bool is_known = address_parse (target->host, &address);

  if (!is_known || address_is_local (&address))
    (void)sockets_find_tcp (is_known ? &address : NULL, target->port,
                            endpoint->inodes);
}

void
endpoint_ask_http (Endpoint *endpoint)
{
  g_autofree char *limit = g_strdup_printf (
      "%" PRId64, endpoint->host.limit_microsecs / MICROSECS_PER_MILLISEC);

  find_inodes (endpoint);
  if (!endpoint_start_probe (endpoint, "http", endpoint->target->text, limit))
    return;
  switch (endpoint->told_kind)
    {
    case TOLD_NOTHING:
      endpoint_set_unknown (endpoint, "no answer yet");
      break;
    case TOLD_WAIT:
      endpoint_set_unknown (endpoint, endpoint->told);
      break;
    case TOLD_NO:
      endpoint_set (endpoint, false, true, "%s", endpoint->told);
      break;
    case TOLD_YES:
      endpoint_set (endpoint, true, true, "it still answers: HTTP status %s",
                    endpoint->told);
      break;
    }
}
