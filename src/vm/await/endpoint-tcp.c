#include "config.h"

#include "vm/await/endpoint-state.h"
#include "vm/await/sockets.h"

#include <errno.h>
#include <string.h>

/* --- Addresses ---------------------------------------------------------------
 */

static void
add_address (GArray *addresses, const char *text)
{
  Address address;

  if (address_parse (text, &address))
    g_array_append_val (addresses, address);
}

static void
add_loopback (GArray *addresses)
{
  add_address (addresses, "127.0.0.1");
  add_address (addresses, "::1");
}

/* A name is looked up once; the answer has the addresses between blanks. */
static void
look_up (Endpoint *endpoint, const char *name, GArray *addresses)
{
  if (!endpoint_start_probe (endpoint, "resolve", name, NULL))
    return;
  if (endpoint->told_kind == TOLD_NO)
    endpoint_set (endpoint, false, true, "%s", endpoint->told);
  else if (endpoint->told_kind == TOLD_WAIT)
    endpoint_set_unknown (endpoint, endpoint->told);
  else if (endpoint->told_kind == TOLD_NOTHING)
    endpoint_set_unknown (endpoint, "its name is not resolved yet");
  if (endpoint->told_kind != TOLD_YES)
    return;

  g_auto (GStrv) words = g_strsplit (endpoint->told, " ", -1);
  for (char **word = words; *word != NULL; word++)
    add_address (addresses, *word);
  g_clear_pointer (&endpoint->helper, helper_free);
}

/* False: they are not known yet, which is answered. */
static bool
find_addresses (Endpoint *endpoint)
{
  const char *host = endpoint->target->host;
  g_autoptr (GArray) addresses = NULL;

  if (endpoint->addresses != NULL)
    return true;
  addresses = g_array_new (FALSE, FALSE, sizeof (Address));
  if (host == NULL || g_ascii_strcasecmp (host, "localhost") == 0)
    add_loopback (addresses);
  else
    add_address (addresses, host);
  if (addresses->len == 0)
    look_up (endpoint, host, addresses);
  if (addresses->len == 0)
    return false;
  endpoint->addresses = g_steal_pointer (&addresses);
  return true;
}

/* --- Who listens there -------------------------------------------------------
 */

static void
set_listening (Endpoint *endpoint, bool is_there)
{
  g_autoptr (GString) place = g_string_new (NULL);

  endpoint_append_place (endpoint->target, place);
  if (is_there)
    endpoint_set (endpoint, true, false, "%s is still listened on", place->str);
  else
    endpoint_set (endpoint, false, false, "nothing listens on %s", place->str);
}

/* The addresses that only a connection can tell of are added to @unclear. */
static bool
look_around (Endpoint *endpoint, GArray *unclear)
{
  const uint16_t port = endpoint->target->port;

  if (endpoint->target->host == NULL)
    {
      const SocketsAnswer answer
          = sockets_find_tcp (NULL, port, endpoint->inodes);
      if (answer == SOCKETS_UNCLEAR)
        add_loopback (unclear);
      return answer == SOCKETS_LISTENING;
    }

  bool is_there = false;
  for (guint i = 0; i < endpoint->addresses->len; i++)
    {
      const Address *address = &g_array_index (endpoint->addresses, Address, i);
      const SocketsAnswer answer
          = address_is_local (address)
                ? sockets_find_tcp (address, port, endpoint->inodes)
                : SOCKETS_UNCLEAR;
      if (answer == SOCKETS_UNCLEAR)
        g_array_append_val (unclear, *address);
      is_there = is_there || answer == SOCKETS_LISTENING;
    }
  return is_there;
}

static void
go_on_connecting (Endpoint *endpoint)
{
  g_autoptr (GString) place = g_string_new (NULL);
  const int error = connecting_go_on (endpoint->connecting);

  endpoint_append_place (endpoint->target, place);
  if (error == EINPROGRESS)
    {
      /* What came of the last one stays said. */
      g_autofree char *before = g_strdup (endpoint->text->str);
      endpoint_set_unknown (endpoint, before);
      if (before[0] == '\0')
        g_string_printf (endpoint->text, "%s does not answer", place->str);
      endpoint->answer.again_microsecs = endpoint->host.connect_microsecs;
      return;
    }

  g_clear_pointer (&endpoint->connecting, connecting_free);
  if (error == 0)
    set_listening (endpoint, true);
  else if (error == ETIMEDOUT)
    endpoint_set (endpoint, false, false, "%s does not answer", place->str);
  else
    {
      g_autofree char *text = endpoint_error_text (error);
      endpoint_set (endpoint, false, false, "%s: %s", place->str, text);
    }
}

void
endpoint_ask_tcp (Endpoint *endpoint)
{
  g_autoptr (GArray) unclear = NULL;

  if (endpoint->connecting == NULL)
    {
      if (!find_addresses (endpoint))
        return;
      unclear = g_array_new (FALSE, FALSE, sizeof (Address));
      const bool is_there = look_around (endpoint, unclear);
      if (is_there || unclear->len == 0)
        {
          set_listening (endpoint, is_there);
          return;
        }
      endpoint->connecting = connecting_new (
          g_steal_pointer (&unclear), endpoint->target->port,
          endpoint->host.connect_microsecs, endpoint_on_change, endpoint);
    }
  go_on_connecting (endpoint);
}
