#include "config.h"

#include "vm/output/stream-seek.h"

/* The longest match. */
#define MOST_MATCH ((uint64_t)4 * 1024 * 1024)

/* What is found is found near, mostly; so not all that is there is looked at
 * in one go. */
#define FIRST_SLICE ((size_t)16 * 1024)
#define MOST_SLICE  ((size_t)1024 * 1024)

/* What begins a match, but is this long without ending it, is looked at again
 * only when there is twice as much of it: else the work would be quadratic. */
#define LONG_BEGIN ((uint64_t)64 * 1024)

/* After so much work in vain, beginnings of matches are passed over. */
#define MOST_VAIN ((uint64_t)64 * 1024 * 1024)
#define VAIN_STEP (MOST_MATCH / 4)

/* That much less may be looked at than there is: part of a character, or half
 * of a CRLF. */
#define MOST_LEFT 4

/* A look at a piece of the file, from seek->from on. */
typedef struct
{
  uint64_t end;
  bool is_whole; /* as much as a match may have */
  bool is_final; /* what comes after does not count */
} Look;

void
stream_seek_begin (StreamSeek *seek, uint64_t place)
{
  Pattern *pattern = seek->pattern;

  pattern_match_clear (&seek->match);
  *seek = (StreamSeek){
    .pattern = pattern, .from = place, .seen = place, .n_slice = FIRST_SLICE
  };
}

void
stream_seek_clear (StreamSeek *seek)
{
  pattern_match_clear (&seek->match);
  g_clear_pointer (&seek->pattern, pattern_free);
}

uint64_t
stream_seek_needs (const StreamSeek *seek)
{
  if (seek->pattern == NULL || seek->is_found || seek->is_over)
    return UINT64_MAX;

  const size_t n_before = pattern_n_before (seek->pattern);
  return seek->from > n_before ? seek->from - n_before : 0;
}

bool
stream_seek_is_open (const StreamSeek *seek, uint64_t end)
{
  return seek->pattern != NULL && !seek->is_found && !seek->is_over
         && (seek->from < seek->seen || seek->seen < end);
}

static Look
next_look (const StreamSeek *seek, const StreamWindow *window, uint64_t end,
           bool is_final)
{
  const uint64_t most = seek->from + MOST_MATCH;
  const uint64_t size = MAX (seek->n_slice, 2 * (seek->seen - seek->from));
  const bool is_last = seek->from + size >= MIN (end, most);
  Look look = { .end = MIN (seek->from + size, MIN (end, most)),
                .is_whole = is_last && end >= most,
                .is_final = is_last && (is_final || end >= most) };

  if (look.is_whole || !look.is_final)
    {
      const size_t n_text = (size_t)(look.end - window->begin);
      const uint64_t whole
          = window->begin
            + pattern_n_whole (seek->pattern, window->bytes, n_text);
      look.end = MAX (whole, seek->from);
    }
  return look;
}

static bool
is_worth_it (const StreamSeek *seek, const Look *look)
{
  const uint64_t n_seen = seek->seen - seek->from;

  if (!seek->is_begun || look->is_final)
    return true;
  if (n_seen > LONG_BEGIN && look->end + MOST_LEFT - seek->from < 2 * n_seen)
    return false;
  return look->end > seek->seen;
}

static void
set_found (StreamSeek *seek, const StreamWindow *window,
           const PatternMatch *match)
{
  seek->is_found = true;
  seek->match = *match;
  seek->match.start += window->begin;
  seek->match.begin += window->begin;
  seek->match.end += window->begin;
}

/* No match begins at seek->from: on to where the next one might. */
static void
give_up (StreamSeek *seek, const StreamWindow *window, const Look *look)
{
  const uint64_t step = seek->n_vain > MOST_VAIN ? VAIN_STEP : 1;
  const uint64_t last = MIN (seek->from + step, look->end) - 1;

  seek->n_vain += look->end - seek->from;
  seek->is_over
      = seek->from == look->end || pattern_is_at_begin (seek->pattern);
  if (seek->is_over)
    return;
  seek->from = window->begin
               + pattern_next (seek->pattern, window->bytes,
                               (size_t)(look->end - window->begin),
                               (size_t)(last - window->begin));
  seek->seen = seek->from;
}

/* What begins at seek->from has no more text to come. */
static bool
decide (StreamSeek *seek, const StreamWindow *window, const Look *look,
        GError **error)
{
  PatternMatch match = { 0 };
  const PatternResult result = pattern_match_here (
      seek->pattern, window->bytes, (size_t)(look->end - window->begin),
      (size_t)(seek->from - window->begin), &match,
      look->is_whole ? NULL : error);

  if (result == PATTERN_MATCH)
    set_found (seek, window, &match);
  else if (result == PATTERN_NO_MATCH || look->is_whole)
    give_up (seek, window, look);
  return result != PATTERN_FAILED || look->is_whole;
}

static void
pass (StreamSeek *seek, const Look *look)
{
  seek->is_over = look->end > seek->from && pattern_is_at_begin (seek->pattern);
  seek->from = look->end;
  seek->n_slice = MIN (seek->n_slice * 4, MOST_SLICE);
  seek->n_vain = 0;
}

static bool
take_look (StreamSeek *seek, const StreamWindow *window, const Look *look,
           GError **error)
{
  PatternMatch match = { 0 };
  const PatternResult result = pattern_match_growing (
      seek->pattern, window->bytes, (size_t)(look->end - window->begin),
      (size_t)(seek->from - window->begin), &match, error);

  seek->is_begun = true;
  seek->seen = look->end;
  if (result == PATTERN_MATCH)
    set_found (seek, window, &match);
  else if (result == PATTERN_NO_MATCH)
    pass (seek, look);
  else if (result == PATTERN_PARTIAL)
    {
      const uint64_t before = seek->from;
      seek->from = window->begin + match.start;
      if (look->is_final && (seek->from == before || !look->is_whole))
        return decide (seek, window, look, error);
    }
  return result != PATTERN_FAILED;
}

bool
stream_seek_on (StreamSeek *seek, const StreamWindow *window, uint64_t end,
                bool is_final, GError **error)
{
  /* Before seek->from: the window was moved, and is being read again. */
  while (end >= seek->from && !seek->is_found && !seek->is_over)
    {
      const Look look = next_look (seek, window, end, is_final);
      if (!is_worth_it (seek, &look))
        return true;
      if (!take_look (seek, window, &look, error))
        return false;
      if (look.is_final && !look.is_whole && seek->from == look.end)
        return true;
    }
  return true;
}
