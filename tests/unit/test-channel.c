#include "config.h"

#include "suite/worker/channel.h"

#include "sample.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  Sources *sources;
  Plan *plan;
  GMainContext *context;
  Sender *sender;
  int fd; /* the other side */
  GString *in;
} Fixture;

static void
set_up (Fixture *fixture, const void *data)
{
  static const char *const names[] = { "t", NULL };
  int ends[2];
  (void)data;

  fixture->sources = sources_new ();
  fixture->plan = sample_plan (fixture->sources, "p.plan", names);
  fixture->context = g_main_context_new ();
  g_main_context_push_thread_default (fixture->context);
  g_assert_cmpint (
      socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends),
      ==, 0);
  fixture->sender = sender_new (ends[0]);
  fixture->fd = ends[1];
  fixture->in = g_string_new (NULL);
}

static void
tear_down (Fixture *fixture, const void *data)
{
  (void)data;
  (void)g_string_free (fixture->in, TRUE);
  if (fixture->fd >= 0)
    (void)close (fixture->fd);
  sender_free (fixture->sender);
  g_main_context_pop_thread_default (fixture->context);
  g_main_context_unref (fixture->context);
  plan_free (fixture->plan);
  sources_free (fixture->sources);
}

static Event
make_event (const char *text, size_t n_text)
{
  return (Event){ .kind = EVENT_FAILED,
                  .op = 3,
                  .process = 0,
                  .pid = 4711,
                  .number = FAILURE_TIMED_OUT,
                  .span = { 3, 9 },
                  .microsecs = INT64_C (123456789012),
                  .text = text,
                  .n_text = n_text };
}

static void
receive (Fixture *fixture)
{
  char buffer[4096];
  ssize_t n;

  while ((n = read (fixture->fd, buffer, sizeof buffer)) > 0)
    g_string_append_len (fixture->in, buffer, n);
}

static Received
parse (Fixture *fixture, size_t *offset, Event *event)
{
  return channel_parse (fixture->plan, &fixture->plan->tests[0], fixture->in,
                        offset, event, NULL);
}

static void
test_round_trip (Fixture *fixture, const void *data)
{
  const Event sent = make_event ("a\0b", 3);
  Event event;
  size_t offset = 0;
  (void)data;

  sender_add (fixture->sender, &sent);
  sender_add (fixture->sender, &sent);
  g_assert_true (sender_flush (fixture->sender));
  receive (fixture);
  for (int i = 0; i < 2; i++)
    {
      g_assert_cmpint (parse (fixture, &offset, &event), ==, RECEIVED_EVENT);
      g_assert_cmpint (event.kind, ==, sent.kind);
      g_assert_cmpuint (event.op, ==, sent.op);
      g_assert_cmpuint (event.process, ==, sent.process);
      g_assert_cmpint (event.pid, ==, sent.pid);
      g_assert_cmpint (event.number, ==, sent.number);
      g_assert_cmpuint (event.span.end, ==, sent.span.end);
      g_assert_cmpint (event.microsecs, ==, sent.microsecs);
      g_assert_cmpmem (event.text, event.n_text, "a\0b", 3);
    }
  g_assert_cmpint (parse (fixture, &offset, &event), ==, RECEIVED_NOTHING);
}

/* A record that comes in pieces is none until its last byte is there. */
static void
test_pieces (Fixture *fixture, const void *data)
{
  const Event sent = make_event ("text", 4);
  Event event;
  size_t offset = 0;
  (void)data;

  sender_add (fixture->sender, &sent);
  g_assert_true (sender_flush (fixture->sender));
  receive (fixture);
  const gsize n_record = fixture->in->len;
  for (gsize n = 0; n < n_record; n++)
    {
      fixture->in->len = n;
      g_assert_cmpint (parse (fixture, &offset, &event), ==, RECEIVED_NOTHING);
    }
  fixture->in->len = n_record;
  g_assert_cmpint (parse (fixture, &offset, &event), ==, RECEIVED_EVENT);
}

/* Whatever byte of the head is made wild, the reader stays sane. */
static void
test_nonsense (Fixture *fixture, const void *data)
{
  const Event sent = make_event ("text", 4);
  Event event;
  unsigned n_nonsense = 0;
  (void)data;

  sender_add (fixture->sender, &sent);
  g_assert_true (sender_flush (fixture->sender));
  receive (fixture);
  for (gsize i = 0; i < fixture->in->len; i++)
    {
      const char right = fixture->in->str[i];
      size_t offset = 0;

      fixture->in->str[i] = (char)0xff;
      const Received received = parse (fixture, &offset, &event);
      n_nonsense += received == RECEIVED_NONSENSE;
      if (received == RECEIVED_EVENT)
        {
          g_assert_cmpuint (event.kind, <, N_EVENTS);
          g_assert_cmpuint (event.number, <, N_FAILURES);
          g_assert_true (event.process == PLAN_NONE || event.process == 0);
        }
      fixture->in->str[i] = right;
    }
  g_assert_cmpuint (n_nonsense, >, 4);
}

/* --- News ------------------------------------------------------------------
 */

static Received
parse_news (Fixture *fixture, size_t *offset, News *news)
{
  Event event;

  return channel_parse (fixture->plan, &fixture->plan->tests[0], fixture->in,
                        offset, &event, news);
}

/* Among events, each in its place. */
static void
test_news_round_trip (Fixture *fixture, const void *data)
{
  const Event between = make_event ("text", 4);
  News news;
  size_t offset = 0;
  (void)data;

  for (NewsKind kind = NEWS_OVER; kind <= NEWS_SYNCED; kind++)
    {
      sender_add_news (fixture->sender,
                       &(News){ kind, 0xfffffff0 + kind, -1 - (int)kind });
      sender_add (fixture->sender, &between);
    }
  g_assert_true (sender_flush (fixture->sender));
  receive (fixture);
  for (NewsKind kind = NEWS_OVER; kind <= NEWS_SYNCED; kind++)
    {
      g_assert_cmpint (parse_news (fixture, &offset, &news), ==, RECEIVED_NEWS);
      g_assert_cmpint (news.kind, ==, kind);
      g_assert_cmpuint (news.runner, ==, 0xfffffff0 + kind);
      g_assert_cmpint (news.number, ==, -1 - (int)kind);
      g_assert_cmpint (parse_news (fixture, &offset, &news), ==,
                       RECEIVED_EVENT);
    }
  g_assert_cmpuint (offset, ==, fixture->in->len);
}

static void
send_news (Fixture *fixture)
{
  sender_add_news (fixture->sender, &(News){ .kind = NEWS_SYNCED });
  g_assert_true (sender_flush (fixture->sender));
  receive (fixture);
}

static void
test_news_pieces (Fixture *fixture, const void *data)
{
  News news;
  size_t offset = 0;
  (void)data;

  send_news (fixture);
  const gsize n_record = fixture->in->len;
  for (gsize n = 0; n < n_record; n++)
    {
      fixture->in->len = n;
      g_assert_cmpint (parse_news (fixture, &offset, &news), ==,
                       RECEIVED_NOTHING);
    }
  fixture->in->len = n_record;
  g_assert_cmpint (parse_news (fixture, &offset, &news), ==, RECEIVED_NEWS);
}

/* Those who ask for none do not get any. */
static void
test_news_not_allowed (Fixture *fixture, const void *data)
{
  Event event;
  size_t offset = 0;
  (void)data;

  send_news (fixture);
  g_assert_cmpint (parse (fixture, &offset, &event), ==, RECEIVED_NONSENSE);
  g_assert_cmpuint (offset, ==, 0);
}

/* What the first fields of a record are, the length and the kind, is no
 * other's business, but here they are made wrong. */
static void
test_news_nonsense (Fixture *fixture, const void *data)
{
  static const struct
  {
    int32_t more; /* of bytes */
    uint32_t kind;
  } wrong[] = { { 0, N_EVENTS + NEWS_SYNCED + 1 },
                { 0, UINT32_MAX },
                { 0, INT32_MAX },
                { 1, N_EVENTS },
                { -1, N_EVENTS },
                { INT32_MAX, N_EVENTS + NEWS_READY } };
  (void)data;

  send_news (fixture);
  const uint32_t n_record = (uint32_t)fixture->in->len;
  for (size_t i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      const uint32_t fields[]
          = { n_record + (uint32_t)wrong[i].more, wrong[i].kind };
      News news;
      size_t offset = 0;

      memcpy (fixture->in->str, fields, sizeof fields);
      g_assert_cmpint (parse_news (fixture, &offset, &news), ==,
                       RECEIVED_NONSENSE);
      g_assert_cmpuint (offset, ==, 0);
    }
}

/* --- Readers ---------------------------------------------------------------
 */

/* Nobody reads: told, and no signal. */
static void
test_no_reader (Fixture *fixture, const void *data)
{
  const Event sent = make_event ("text", 4);
  (void)data;

  (void)close (fixture->fd);
  fixture->fd = -1;
  sender_add (fixture->sender, &sent);
  g_assert_false (sender_flush (fixture->sender));
  sender_add (fixture->sender, &sent);
  g_assert_false (sender_flush (fixture->sender));
}

/* What the socket does not take waits, and is written as it is read. */
static void
test_slow_reader (Fixture *fixture, const void *data)
{
  g_autofree char *text = g_malloc0 (100000);
  const Event sent = make_event (text, 100000);
  Event event;
  size_t offset = 0;
  (void)data;

  for (int i = 0; i < 50; i++)
    sender_add (fixture->sender, &sent);
  while (sender_n_waiting (fixture->sender) > 0)
    {
      (void)g_main_context_iteration (fixture->context, FALSE);
      receive (fixture);
    }
  receive (fixture);
  for (int i = 0; i < 50; i++)
    g_assert_cmpint (parse (fixture, &offset, &event), ==, RECEIVED_EVENT);
  g_assert_cmpuint (offset, ==, fixture->in->len);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                        \
  g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/channel/round-trip", test_round_trip);
  ADD ("/channel/pieces", test_pieces);
  ADD ("/channel/nonsense", test_nonsense);
  ADD ("/channel/news/round-trip", test_news_round_trip);
  ADD ("/channel/news/pieces", test_news_pieces);
  ADD ("/channel/news/not-allowed", test_news_not_allowed);
  ADD ("/channel/news/nonsense", test_news_nonsense);
  ADD ("/channel/no-reader", test_no_reader);
  ADD ("/channel/slow-reader", test_slow_reader);
  return g_test_run ();
}
