#include "config.h"

#include "plan/target.h"

#include "base/nearest.h"
#include "base/visible.h"

#include <arpa/inet.h>
#include <glib.h>
#include <string.h>

#define MAX_PORT 65535

#define HTTP_PORT  80
#define HTTPS_PORT 443

/* Where what is wrong is told. */
typedef struct
{
  char **wrong;
  char **note;
} Complaint;

typedef bool ParseFunc (const char *rest, Target *target,
                        const Complaint *complaint);

static ParseFunc parse_tcp, parse_unix, parse_path, parse_http, parse_https;

static const struct
{
  const char *name; /* what it begins with, up to the colon */
  TargetKind kind;
  ParseFunc *parse; /* what follows the colon */
} kinds[] = { { "tcp", TARGET_TCP, parse_tcp },
              { "unix", TARGET_UNIX, parse_unix },
              { "file", TARGET_FILE, parse_path },
              { "pidfile", TARGET_PIDFILE, parse_path },
              { "http", TARGET_HTTP, parse_http },
              { "https", TARGET_HTTP, parse_https } };

/* --- Messages ------------------------------------------------------------ */

/* The user's text, in double quotes, fit to be shown. */
static char *
quote (const char *text)
{
  GString *out = g_string_new ("\"");

  visible_append_escaped (out, text, strlen (text));
  g_string_append_c (out, '"');
  return g_string_free (out, FALSE);
}

/* False, so that it can be returned. */
static bool
complain (const Complaint *complaint, char *wrong /* takes */,
          char *note /* takes */)
{
  *complaint->wrong = wrong;
  *complaint->note = note;
  return false;
}

static char *
suggest (const char *kind, const char *rest)
{
  g_autofree char *text = g_strconcat (kind, ":", rest, NULL);
  g_autofree char *quoted = quote (text);

  return g_strdup_printf ("did you mean %s?", quoted);
}

/* The kind that the user has mistyped, or NULL. */
static const char *
find_nearest (const char *text, size_t n_text)
{
  g_autofree char *kind = g_strndup (text, n_text);
  Nearest nearest;

  nearest_init (&nearest, kind);
  for (size_t i = 0; i < G_N_ELEMENTS (kinds); i++)
    nearest_try (&nearest, kinds[i].name);
  return nearest.best;
}

/* "5432", "localhost:5432" */
static bool
is_address (const char *text)
{
  const size_t n_host = strcspn (text, ":");

  return text[strspn (text, "0123456789.:")] == '\0'
         || (strncmp (text, "localhost:", n_host + 1) == 0)
         || (text[0] == '[' && strstr (text, "]:") != NULL);
}

static bool
complain_of_kind (const char *text, const Complaint *complaint)
{
  const char *colon = strchr (text, ':');
  g_autofree char *quoted = quote (text);
  char *wrong = g_strdup_printf ("%s is nothing that can be awaited", quoted);
  const char *nearest
      = colon != NULL ? find_nearest (text, (size_t)(colon - text)) : NULL;

  if (nearest != NULL)
    return complain (complaint, wrong, suggest (nearest, colon + 1));
  if (text[0] == '/' || text[0] == '.')
    return complain (complaint, wrong, suggest ("file", text));
  if (text[0] != '\0' && is_address (text))
    return complain (complaint, wrong, suggest ("tcp", text));
  return complain (complaint, wrong,
                   g_strdup ("what can be: tcp:HOST:PORT, tcp:PORT, unix:PATH, "
                             "file:PATH, pidfile:PATH, http://HOST:PORT/PATH"));
}

/* --- Hosts and ports -------------------------------------------------------
 */

static bool
parse_port (const char *text, uint16_t *port, const Complaint *complaint)
{
  const size_t n_digits = strspn (text, "0123456789");
  guint64 number = 0;

  if (n_digits > 0 && text[n_digits] == '\0')
    number = g_ascii_strtoull (text, NULL, 10);
  if (number >= 1 && number <= MAX_PORT)
    {
      *port = (uint16_t)number;
      return true;
    }

  g_autofree char *quoted = quote (text);
  return complain (complaint, g_strdup_printf ("%s is not a port", quoted),
                   g_strdup ("a port is a number from 1 to 65535"));
}

/* "fe80::1%eth0" too. */
static bool
is_ipv6 (const char *text)
{
  struct in6_addr address;
  g_autofree char *plain = g_strndup (text, strcspn (text, "%"));

  return inet_pton (AF_INET6, plain, &address) == 1;
}

static bool
is_name (const char *text)
{
  struct in_addr address;

  /* What has digits only is meant to be an address. */
  if (text[strspn (text, "0123456789.")] == '\0')
    return inet_pton (AF_INET, text, &address) == 1;
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("-_.", *c) == NULL
        && (unsigned char)*c < 0x80)
      return false;
  return text[0] != '-';
}

static bool
parse_host (const char *text, Target *target, const Complaint *complaint)
{
  const size_t n = strlen (text);
  const bool has_brackets = text[0] == '[' && text[n - 1] == ']';

  target->host = has_brackets ? g_strndup (text + 1, n - 2) : g_strdup (text);
  if (has_brackets ? is_ipv6 (target->host) : is_name (target->host))
    return true;

  g_autofree char *quoted = quote (text);
  return complain (
      complaint,
      g_strdup_printf ("%s is neither a host nor an address", quoted),
      g_strdup ("a host is 127.0.0.1, [::1] or a name such as localhost"));
}

static bool
complain_of_brackets (const char *host, const char *port,
                      const Complaint *complaint)
{
  g_autofree char *text = g_strdup_printf ("[%s]:%s", host, port);

  return complain (complaint, g_strdup ("an IPv6 address stands in brackets"),
                   suggest ("tcp", text));
}

static bool
parse_tcp (const char *rest, Target *target, const Complaint *complaint)
{
  const char *colon = strrchr (rest, ':');
  const char *port = colon != NULL ? colon + 1 : rest;

  if (colon == NULL
      && (g_ascii_isalpha (rest[0]) || strchr (rest, '.') != NULL))
    {
      g_autofree char *quoted = quote (target->text);
      g_autofree char *text = g_strconcat (rest, ":80", NULL);
      return complain (complaint, g_strdup_printf ("%s has no port", quoted),
                       suggest ("tcp", text));
    }
  if (!parse_port (port, &target->port, complaint))
    return false;
  if (colon == NULL)
    return true;

  g_autofree char *host = g_strndup (rest, (size_t)(colon - rest));
  if (host[0] == '\0')
    return complain (complaint, g_strdup ("there is no host before the port"),
                     g_strdup_printf ("any address of this machine is "
                                      "\"tcp:%s\"",
                                      port));
  if (g_str_has_prefix (host, "//"))
    {
      g_autofree char *quoted = quote (target->text);
      return complain (complaint, g_strdup_printf ("%s is no URL", quoted),
                       suggest ("tcp", rest + 2));
    }
  if (is_ipv6 (host))
    return complain_of_brackets (host, port, complaint);
  return parse_host (host, target, complaint);
}

/* --- Paths -----------------------------------------------------------------
 */

static bool
parse_path (const char *rest, Target *target, const Complaint *complaint)
{
  if (rest[0] == '\0')
    return complain (
        complaint,
        g_strdup_printf ("there is no path after \"%s\"", target->text), NULL);
  target->path = g_strdup (rest);
  return true;
}

static bool
parse_unix (const char *rest, Target *target, const Complaint *complaint)
{
  target->is_abstract = rest[0] == '@';
  if (!parse_path (rest + target->is_abstract, target, complaint))
    return false;

  const size_t n = strlen (target->path);
  if (n <= TARGET_MAX_UNIX)
    return true;
  return complain (
      complaint,
      g_strdup_printf ("the %s of a socket has at most %d bytes; "
                       "this has %zu",
                       target->is_abstract ? "name" : "path", TARGET_MAX_UNIX,
                       n),
      target->is_abstract
          ? NULL
          : g_strdup ("a relative path, after \"cd\", is shorter"));
}

/* --- URLs ------------------------------------------------------------------
 */

/* Only as much as must be known here: where the server is. */
static bool
parse_url (const char *rest, uint16_t default_port, Target *target,
           const Complaint *complaint)
{
  if (!g_str_has_prefix (rest, "//"))
    return complain (complaint, g_strdup ("two slashes come before the host"),
                     g_strdup ("a URL is http://127.0.0.1:8080/status"));
  for (const char *c = rest; *c != '\0'; c++)
    if ((unsigned char)*c <= ' ' || *c == 0x7f)
      return complain (complaint,
                       g_strdup ("there are no blanks and controls in a URL"),
                       g_strdup ("a blank is written %20"));

  rest += 2;
  g_autofree char *authority = g_strndup (rest, strcspn (rest, "/?#"));
  const char *at = strrchr (authority, '@');
  char *host = authority + (at != NULL ? at + 1 - authority : 0);
  char *colon = strrchr (host, ':');

  target->port = default_port;
  if (colon != NULL && strchr (colon, ']') == NULL)
    {
      if (!parse_port (colon + 1, &target->port, complaint))
        return false;
      *colon = '\0';
    }
  if (host[0] == '\0')
    return complain (complaint, g_strdup ("there is no host in the URL"),
                     g_strdup ("a URL is http://127.0.0.1:8080/status"));
  return parse_host (host, target, complaint);
}

static bool
parse_http (const char *rest, Target *target, const Complaint *complaint)
{
  return parse_url (rest, HTTP_PORT, target, complaint);
}

static bool
parse_https (const char *rest, Target *target, const Complaint *complaint)
{
  return parse_url (rest, HTTPS_PORT, target, complaint);
}

/* --- Targets ---------------------------------------------------------------
 */

bool
target_parse (const char *text, Target *target, char **wrong, char **note)
{
  const Complaint complaint = { .wrong = wrong, .note = note };

  *wrong = NULL;
  *note = NULL;
  for (size_t i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      const size_t n = strlen (kinds[i].name);
      if (strncmp (text, kinds[i].name, n) != 0 || text[n] != ':')
        continue;

      *target = (Target){ .kind = kinds[i].kind, .text = g_strdup (text) };
      if (kinds[i].parse (text + n + 1, target, &complaint))
        return true;
      target_clear (target);
      return false;
    }
  *target = (Target){ 0 };
  return complain_of_kind (text, &complaint);
}

void
target_clear (Target *target)
{
  g_clear_pointer (&target->text, g_free);
  g_clear_pointer (&target->host, g_free);
  g_clear_pointer (&target->path, g_free);
}

bool
target_can_be_held (const Target *target)
{
  return target->kind != TARGET_FILE;
}
