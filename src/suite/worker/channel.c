#include "config.h"

#include "suite/worker/channel.h"

#include "base/loop.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* No event is longer; a worker that says so is mad. */
#define MAX_RECORD (1024 * 1024)

typedef struct
{
  uint32_t n_record; /* all of it, this head included */
  uint32_t kind;
  uint32_t op;
  uint32_t process;
  int32_t pid;
  int32_t number;
  SrcSpan span;
  int64_t microsecs;
} Head;

struct Sender
{
  GSource source;
  int fd;       /* owned */
  void *tag;    /* of fd in the main loop; NULL: it never waited */
  GString *out; /* owned */
  bool is_read; /* the other side is there */
  bool waits;   /* for it to read */
};

/* Writes what can be written now; false when nothing more can. */
static bool
write_some (Sender *sender)
{
  if (sender->out->len == 0 || !sender->is_read)
    return false;

  const ssize_t n
      = send (sender->fd, sender->out->str, sender->out->len, MSG_NOSIGNAL);
  if (n > 0)
    (void)g_string_erase (sender->out, 0, n);
  else if (n < 0 && errno != EAGAIN && errno != EINTR && errno != ENOBUFS)
    sender->is_read = false;
  return n > 0 || (n < 0 && errno == EINTR);
}

/* Each change wakes the loop once more: most senders never wait, and are not
 * watched at all. */
static void
set_waiting (Sender *sender, bool waits)
{
  if (waits == sender->waits)
    return;
  sender->waits = waits;
  if (sender->tag == NULL)
    sender->tag = g_source_add_unix_fd (&sender->source, sender->fd, G_IO_OUT);
  else
    g_source_modify_unix_fd (&sender->source, sender->tag,
                             waits ? G_IO_OUT : 0);
}

static gboolean
sender_prepare (GSource *source, gint *timeout)
{
  Sender *sender = (Sender *)source;

  *timeout = -1;
  while (write_some (sender))
    ;

  set_waiting (sender, sender->out->len > 0 && sender->is_read);
  return FALSE;
}

/* Only a turn of the loop: the next prepare writes. */
static gboolean
sender_dispatch (GSource *source, GSourceFunc callback, void *data)
{
  (void)source;
  (void)callback;
  (void)data;
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs sender_funcs
    = { .prepare = sender_prepare, .dispatch = sender_dispatch };

Sender *
sender_new (int fd)
{
  Sender *sender = (Sender *)g_source_new (&sender_funcs, sizeof (Sender));

  sender->fd = fd;
  sender->out = g_string_new (NULL);
  sender->is_read = true;
  loop_keep_quiet (&sender->source);
  g_source_attach (&sender->source, g_main_context_get_thread_default ());
  return sender;
}

void
sender_free (Sender *sender)
{
  if (sender == NULL)
    return;
  (void)close (sender->fd);
  (void)g_string_free (sender->out, TRUE);
  g_source_destroy (&sender->source);
  g_source_unref (&sender->source);
}

void
sender_add (Sender *sender, const Event *event)
{
  const size_t n_text = MIN (event->n_text, MAX_RECORD - sizeof (Head));
  const Head head = { .n_record = (uint32_t)(sizeof (Head) + n_text),
                      .kind = event->kind,
                      .op = event->op,
                      .process = event->process,
                      .pid = event->pid,
                      .number = event->number,
                      .span = event->span,
                      .microsecs = event->microsecs };

  if (!sender->is_read)
    return;
  g_string_append_len (sender->out, (const char *)&head, sizeof head);
  g_string_append_len (sender->out, event->text, (gssize)n_text);
}

/* Kinds behind those of events. */
void
sender_add_news (Sender *sender, const News *news)
{
  const Head head = { .n_record = sizeof (Head),
                      .kind = N_EVENTS + news->kind,
                      .op = news->runner,
                      .number = news->number };

  if (sender->is_read)
    g_string_append_len (sender->out, (const char *)&head, sizeof head);
}

size_t
sender_n_waiting (const Sender *sender)
{
  return sender->out->len;
}

bool
sender_flush (Sender *sender)
{
  struct pollfd poll_fd = { .fd = sender->fd, .events = POLLOUT };

  while (sender->out->len > 0 && sender->is_read)
    if (!write_some (sender) && sender->is_read)
      (void)poll (&poll_fd, 1, -1);
  return sender->is_read;
}

/* --- The scheduler's side ----------------------------------------------------
 */

static bool
is_sane (const Plan *plan, const PlanTest *test, const Head *head)
{
  return head->kind < N_EVENTS
         && (head->op == PLAN_NONE || head->op < plan->n_ops)
         && (head->process == PLAN_NONE || head->process < test->n_processes
             || (event_fields (head->kind) & EVENT_HAS_PROCESS) == 0)
         && ((event_fields (head->kind) & EVENT_HAS_VERDICT) == 0
             || (head->number >= 0 && head->number < N_VERDICTS))
         && ((event_fields (head->kind) & EVENT_HAS_FAILURE) == 0
             || (head->number >= 0 && head->number < N_FAILURES))
         && head->span.begin <= head->span.end;
}

static bool
is_news (const Head *head)
{
  return head->kind >= N_EVENTS && head->kind <= N_EVENTS + NEWS_SYNCED
         && head->n_record == sizeof *head;
}

Received
channel_parse (const Plan *plan, const PlanTest *test, const GString *buffer,
               size_t *offset, Event *event, News *news)
{
  const size_t n_left = buffer->len - *offset;
  Head head;

  if (n_left < sizeof head)
    return RECEIVED_NOTHING;
  memcpy (&head, buffer->str + *offset, sizeof head);
  if (news != NULL && is_news (&head))
    {
      *news = (News){ .kind = (NewsKind)(head.kind - N_EVENTS),
                      .runner = head.op,
                      .number = head.number };
      *offset += sizeof head;
      return RECEIVED_NEWS;
    }
  if (head.n_record < sizeof head || head.n_record > MAX_RECORD
      || !is_sane (plan, test, &head))
    return RECEIVED_NONSENSE;
  if (n_left < head.n_record)
    return RECEIVED_NOTHING;

  *event = (Event){ .kind = (EventKind)head.kind,
                    .op = head.op,
                    .process = head.process,
                    .pid = head.pid,
                    .number = head.number,
                    .span = head.span,
                    .microsecs = head.microsecs,
                    .text = buffer->str + *offset + sizeof head,
                    .n_text = head.n_record - sizeof head };
  *offset += head.n_record;
  return RECEIVED_EVENT;
}
