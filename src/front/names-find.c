#include "config.h"

#include "front/names.h"

#include "front/blocks.h"
#include "front/early.h"
#include "front/frame.h"
#include "front/layer.h"
#include "front/name-info.h"

#include <string.h>

/* Processes that a message lists. */
#define MAX_LISTED 4

/* A name where it stands. */
typedef struct
{
  const char *name;
  size_t n_name;
  SrcSpan span;
  NamesUse use;
  NameInfo *info;          /* NULL: nothing was ever called so */
  const NameInfo *command; /* of "sh-1"; NULL: it is no such name */
  uint32_t number;         /* the same: 1, the second one */
} Asked;

/* --- Who was over when ------------------------------------------------- */

static const Life *
life_of (const Emit *emit, Named named)
{
  return &g_array_index (emit->lives, Life, named.number);
}

/* The thread in whose lines it is started. */
static uint32_t
starter_of (const Emit *emit, Named named)
{
  return named.is_thread ? threads_get (emit, named.number)->starter
                         : life_of (emit, named)->thread;
}

bool
names_was_over (const Emit *emit, Named named, uint32_t at, uint32_t op)
{
  if (named.is_thread)
    {
      const ThreadLife *const thread = threads_get (emit, named.number);

      return thread->joined.end != 0 && thread->join_op < op
             && threads_was_before (emit, thread->joiner, at, op);
    }

  const Life *const life = life_of (emit, named);

  return life->gone.end != 0
         && g_array_index (emit->processes, PlanProcess, named.number).wait_op
                < op
         && threads_had_ended (emit, life->gone_thread, life->thread, at, op);
}

static bool
is_over (const Emit *emit, Named named)
{
  return names_was_over (emit, named, emit->thread, emit->n_ops);
}

static bool
was_over_before (const Emit *emit, Named named, const Bare *later)
{
  return names_was_over (emit, named, starter_of (emit, later->named),
                         later->op);
}

/* --- What counts in a scope --------------------------------------------- */

/* What a bare name can mean in one. */
typedef struct
{
  const Bare *last; /* NULL: nothing */
  const Bare *open; /* the first that is not over; NULL: none is */
  bool has_several; /* another one was not over when the last was started */
  bool is_known;    /* all stand before the cleanup section */
  bool has_given;   /* and what was given the name was over then */
} Choice;

/* Whether it was started in the frame (NULL: the unit), before what is expanded
 * now for certain.  @is_known: if that is a cleanup section, before the place
 * where it stands. */
static bool
counts (const Emit *emit, const Frame *frame, const Bare *bare, bool is_known)
{
  const NamesPlace *const place = &emit->place;
  const uint32_t starter = starter_of (emit, bare->named);

  if (frame != NULL && !frame_has_op (emit, frame, bare->op))
    return false;
  if (!emit->is_cleaning_up)
    return threads_is_before (emit, starter);
  if (bare->op >= place->first_op || !is_known)
    return true;
  return bare->op < place->op
         && (place->thread == PLAN_NONE
             || threads_was_before (emit, starter, place->thread, place->op));
}

static Choice
choose_known (const Emit *emit, const NameInfo *info, const Frame *frame,
              bool is_known)
{
  const uint32_t first_op = frame != NULL ? frame->first_op : 0;
  Choice choice = { .is_known = is_known };

  for (const Bare *bare = info->bares; bare != NULL && bare->op >= first_op;
       bare = bare->older)
    {
      if (!counts (emit, frame, bare, is_known))
        continue;
      if (choice.last == NULL)
        choice.last = bare;
      else if (!was_over_before (emit, bare->named, choice.last))
        choice.has_several = true;
      if (!is_over (emit, bare->named))
        choice.open = bare;
      if (choice.last == bare && bare->alone_since <= first_op
          && !emit->is_cleaning_up)
        break;
    }
  return choice;
}

/* What the test itself has waited for. */
static bool
is_settled (const Emit *emit, Named named)
{
  return !named.is_thread && life_of (emit, named)->gone.end != 0
         && life_of (emit, named)->gone_thread == 0;
}

/* The first of the unit that is not over, where only that and the last are of
 * interest: there may be many, and each is asked for in its turn. */
static Choice
choose_open (const Emit *emit, NameInfo *info)
{
  const Bare *last = info->bares;

  while (info->unsettled != NULL && is_settled (emit, info->unsettled->named))
    info->unsettled = info->unsettled->newer;

  const Bare *open = info->unsettled;

  while (open != NULL
         && (!counts (emit, NULL, open, true) || is_over (emit, open->named)))
    open = open->newer;
  while (last != NULL && !counts (emit, NULL, last, true))
    last = last->older;
  return (Choice){ .last = last, .open = open, .is_known = true };
}

/* What stands in a cleanup section means what was there where that stands, or
 * else what came behind it. */
static Choice
choose (const Emit *emit, const NameInfo *info, const Frame *frame)
{
  Choice choice = choose_known (emit, info, frame, true);

  if (choice.last == NULL && emit->is_cleaning_up)
    choice = choose_known (emit, info, frame, false);
  return choice;
}

/* Whether the name was given in the frame: then it means that, unless it was
 * over when another was started that is called so after its command. */
static bool
is_given_in (const Emit *emit, const NameInfo *info, const Frame *frame,
             Choice *choice)
{
  if (!info->is_given
      || (frame != NULL && !frame_has_op (emit, frame, info->op)))
    return false;
  choice->has_given = choice->last != NULL && !info->named.is_thread
                      && was_over_before (emit, info->named, choice->last);
  return true;
}

/* The one with the number of those that were started in the frame, from 0,
 * whatever thread has started them; NULL: there is none.  @is_direct: in no
 * other frame within it. */
static const Bare *
find_nth (const Emit *emit, const NameInfo *info, const Frame *frame,
          uint32_t number, bool is_direct)
{
  const Bare *found = NULL;
  uint32_t n = 0;

  for (unsigned pass = 0; pass < 2; pass++)
    for (const Bare *bare = info->bares;
         bare != NULL && bare->op >= frame->first_op; bare = bare->older)
      {
        if (!frame_has_op (emit, frame, bare->op)
            || (is_direct && bare->frame != frame->number))
          continue;
        if (pass == 0)
          n++;
        else if (--n == number)
          found = bare;
      }
  return found;
}

/* --- Several ------------------------------------------------------------ */

NameChoice
names_choice (const Emit *emit, Named named)
{
  if (named.is_thread)
    {
      const ThreadLife *const thread = threads_get (emit, named.number);

      return (NameChoice){ .name = thread->name, .spawned = thread->span };
    }
  return (NameChoice){
    .name = g_array_index (emit->processes, PlanProcess, named.number).name,
    .spawned = life_of (emit, named)->spawned
  };
}

/* Those that one line starts, in a loop, follow each other. */
void
names_tell_several (Emit *emit, const char *name, SrcSpan span,
                    const NameChoice *choices, unsigned n_choices)
{
  const NameChoice *const last = &choices[n_choices - 1];
  bool is_repeated = false;
  unsigned n_listed = 0;

  emit_error (emit, span, "\"%s\" may mean any of %u processes here", name,
              n_choices);
  for (const NameChoice *choice = choices; choice < last; choice++)
    {
      const bool is_same = choice->spawned.begin == choice[1].spawned.begin;

      is_repeated |= is_same;
      if (!is_same && n_listed++ < MAX_LISTED)
        emit_note (emit, choice->spawned,
                   choice->was_given
                       ? "\"%s\" gets this name here, and is over when the "
                         "last one starts"
                       : "\"%s\" starts here, and nothing has waited for it "
                         "when the last one starts",
                   choice->name);
    }
  emit_note (emit, last->spawned, "\"%s\", the last one, starts here",
             last->name);
  emit_note (emit, span,
             is_repeated
                 ? "a name of its own tells a process apart, in a loop or a "
                   "macro with a variable in it: NAME$i = ..."
                 : "a name of its own tells a process apart: NAME = ...");
}

/* The last one, and those that were not over when it was started. */
static GArray *
list_several (const Emit *emit, const NameInfo *info, const Frame *frame,
              const Choice *choice)
{
  GArray *const all = g_array_new (FALSE, FALSE, sizeof (Named));

  if (choice->has_given)
    {
      g_array_append_val (all, info->named);
      return g_array_append_val (all, choice->last->named);
    }
  for (const Bare *bare = choice->last; bare != NULL; bare = bare->older)
    if (bare == choice->last
        || (counts (emit, frame, bare, choice->is_known)
            && !was_over_before (emit, bare->named, choice->last)))
      g_array_prepend_val (all, bare->named);
  return all;
}

static void
tell_several (Emit *emit, const Asked *asked, const Frame *frame,
              const Choice *choice)
{
  g_autoptr (GArray) all = NULL;
  g_autoptr (GArray) choices = g_array_new (FALSE, FALSE, sizeof (NameChoice));

  if (emit->lacks_names) /* what waits for them may be in a wrong line */
    return;
  all = list_several (emit, asked->info, frame, choice);
  for (unsigned i = 0; i < all->len; i++)
    {
      NameChoice one = names_choice (emit, g_array_index (all, Named, i));

      one.was_given = i == 0 && choice->has_given;
      g_array_append_val (choices, one);
    }
  names_tell_several (emit, asked->info->name, asked->span,
                      (const NameChoice *)choices->data, choices->len);
}

/* Where @last is what the command's name means, nothing older has a number. */
static void
tell_no_number (Emit *emit, const Asked *asked, const Frame *frame,
                const Bare *last)
{
  const char *const command = asked->command->name;
  const Bare *const first
      = frame != NULL ? find_nth (emit, asked->command, frame, 0, false) : last;
  const char *const scope = frame == NULL
                                ? (emit->layer != NULL ? "layer" : "test")
                            : frame->is_thread ? "thread"
                            : frame->macro     ? "macro"
                                               : "round";

  if (emit->lacks_names)
    return;
  emit_error (emit, asked->span, "there is no process \"%s-%u\" in this %s",
              command, asked->number, scope);
  emit_note (emit, names_choice (emit, first->named).spawned,
             "the processes \"%s\" of this %s are counted from here on",
             command, scope);
}

/* --- What a name means --------------------------------------------------- */

static bool
takes_open (NamesUse use)
{
  return use == NAMES_WAIT || use == NAMES_SIGNAL;
}

/* "sh-1": the name of a command, and a number. */
static void
split_number (const Emit *emit, Asked *asked)
{
  size_t n = asked->n_name;
  uint64_t number = 0;
  uint64_t unit = 1;

  while (n > 0 && g_ascii_isdigit (asked->name[n - 1]) && unit < MAX_OPS)
    {
      number += unit * (uint64_t)(asked->name[--n] - '0');
      unit *= 10;
    }
  if (n < 2 || asked->name[n - 1] != '-' || n == asked->n_name
      || asked->name[n] == '0' || number > MAX_OPS)
    return;

  const NameInfo *const info = names_find_info (emit, asked->name, n - 1);

  if (info != NULL && info->bares != NULL)
    {
      asked->command = info;
      asked->number = (uint32_t)number;
    }
}

/* Whether what has no such number here may be found further out: under a name
 * that was given, or as a command that is called so. */
static bool
has_other_meaning (const Emit *emit, const Asked *asked, const Frame *frame)
{
  const NameInfo *const info = asked->info;
  const LayerProcess *const below
      = layer_process (emit, asked->name, asked->n_name);

  return (below != NULL ? below->is_given : frame == NULL)
         || (info != NULL && (info->is_given || info->bares != NULL));
}

static Found
look_for_number (Emit *emit, const Asked *asked, const Frame *frame,
                 Named *named)
{
  const NameInfo *const info = asked->info;
  const NameInfo *const command = asked->command;

  if (frame == NULL && info != NULL && info->bares == NULL
      && info->named.number != PLAN_NONE)
    {
      *named = info->named;
      return FOUND_VALUE;
    }
  if (command == NULL)
    return FOUND_NOTHING;

  const Bare *const last = choose (emit, command, frame).last;

  /* Threads that have no name are numbered through all of them. */
  if (last == NULL
      || (last->named.is_thread && (frame == NULL || frame->is_thread)))
    return FOUND_NOTHING;

  const Bare *const found
      = frame != NULL ? find_nth (emit, command, frame, asked->number, false)
                      : NULL;

  if (found != NULL)
    *named = found->named;
  if (found != NULL)
    return FOUND_VALUE;
  if (last->named.is_thread || has_other_meaning (emit, asked, frame))
    return FOUND_NOTHING;
  tell_no_number (emit, asked, frame, last);
  return FOUND_WRONG;
}

/* @frame: NULL: the unit itself. */
static Found
look_in_scope (Emit *emit, const Asked *asked, const Frame *frame, Named *named)
{
  NameInfo *const info = asked->info;

  if (info == NULL)
    return look_for_number (emit, asked, frame, named);

  Choice choice
      = frame == NULL && takes_open (asked->use) && !emit->is_cleaning_up
            ? choose_open (emit, info)
            : choose (emit, info, frame);
  const bool is_given = is_given_in (emit, info, frame, &choice);

  if (is_given && !choice.has_given)
    {
      *named = info->named;
      return FOUND_VALUE;
    }
  if (choice.last == NULL)
    return look_for_number (emit, asked, frame, named);
  if (choice.has_given || (choice.has_several && !takes_open (asked->use)))
    {
      tell_several (emit, asked, frame, &choice);
      return FOUND_WRONG;
    }
  *named = takes_open (asked->use) && choice.open != NULL ? choice.open->named
                                                          : choice.last->named;
  return FOUND_VALUE;
}

/* Of a layer; or else what a thread starts that is not before this line, which
 * is told later. */
static Found
look_outside (Emit *emit, Asked *asked, Named *named)
{
  const NameInfo *const info = asked->info;
  uint32_t process;
  const Found found = layer_take_process (emit, asked->name, asked->n_name,
                                          asked->span, asked->use, &process);

  if (found == FOUND_VALUE)
    {
      asked->info = names_info_of (emit, asked->name, asked->n_name);
      *named = (Named){ .number = process };
    }
  if (found != FOUND_NOTHING)
    return found;
  if (info != NULL && info->bares != NULL)
    *named = info->bares->named;
  else
    early_use_process (emit, asked->name, asked->n_name, asked->span);
  return info != NULL && info->bares != NULL ? FOUND_VALUE : FOUND_NOTHING;
}

static bool
look_up (Emit *emit, Asked *asked, Named *named)
{
  Found found = FOUND_NOTHING;
  bool is_unit = false;

  asked->info = names_find_info (emit, asked->name, asked->n_name);
  if (asked->info != NULL && asked->info->is_broken)
    return false;
  split_number (emit, asked);
  for (const Frame *frame = emit->frame; found == FOUND_NOTHING && !is_unit;
       frame = is_unit ? NULL : frame->outer)
    {
      is_unit = frame == emit->outer_frame;
      found = look_in_scope (emit, asked, is_unit ? NULL : frame, named);
    }
  if (found == FOUND_NOTHING)
    found = look_outside (emit, asked, named);
  if (found == FOUND_VALUE && asked->info == NULL)
    asked->info = names_info_of (emit, asked->name, asked->n_name);
  return found == FOUND_VALUE;
}

void
names_mean (Emit *emit, const NameInfo *info, NameMeaning *meaning)
{
  Choice choice = choose (emit, info, NULL);
  const bool is_given = is_given_in (emit, info, NULL, &choice);
  const Named nothing = { .number = PLAN_NONE };

  *meaning = (NameMeaning){
    .last = choice.last != NULL ? choice.last->named : nothing,
    .open = choice.open != NULL ? choice.open->named : nothing,
    .has_given = choice.has_given
  };
  if (is_given && !choice.has_given)
    meaning->last = meaning->open = info->named;
  else if (choice.has_given || choice.has_several)
    meaning->several = list_several (emit, info, NULL, &choice);
}

/* --- What it meant in version 0.1 ---------------------------------------- */

/* There the first one counted: in the innermost macro or round that had started
 * one by a line of its own, else in the whole test. */
static Named
meant_before (const Emit *emit, const Asked *asked)
{
  const Bare *found = NULL;

  for (const Frame *frame = emit->frame;
       frame != emit->outer_frame && found == NULL; frame = frame->outer)
    {
      if (frame->is_thread)
        continue;
      found = find_nth (emit, asked->info, frame, 0, true);
      if (found == NULL && asked->command != NULL)
        found = find_nth (emit, asked->command, frame, asked->number, true);
    }
  return found != NULL ? found->named : asked->info->named;
}

void
names_warn_moved (Emit *emit, const char *name, SrcSpan span,
                  const NameChoice *now, const NameChoice *before)
{
  InternEntry *const entry
      = intern_add (emit->moved_names, name, strlen (name));

  if (entry->key != NULL)
    return;
  entry->key = emit_string (emit, name, strlen (name));
  emit_warning (emit, span,
                "\"%s\" means another process here than in version 0.1", name);
  emit_note (emit, now->spawned, "it means \"%s\", which starts here",
             now->name);
  emit_note (emit, before->spawned,
             "version 0.1 took \"%s\", which starts here; a name of its own "
             "tells it apart in both: NAME = ...",
             before->name);
}

/* If version 0.1 took the line at all. */
static void
warn_if_moved (Emit *emit, const Asked *asked, Named named)
{
  const NameInfo *const info = asked->info;

  if (emit->lacks_names
      || ((info->bares == NULL || info->bares->older == NULL)
          && asked->command == NULL && !info->is_given))
    return;

  const Named before = meant_before (emit, asked);

  if (before.number == PLAN_NONE || before.is_thread
      || before.number == named.number
      || (life_of (emit, before)->gone.end != 0 && asked->use != NAMES_READ
          && asked->use != NAMES_MEASURE)
      || !threads_is_before (emit, starter_of (emit, before)))
    return;

  const NameChoice now = names_choice (emit, named);
  const NameChoice old = names_choice (emit, before);

  names_warn_moved (emit, info->name, asked->span, &now, &old);
}

/* --- Whether it may be used so ---------------------------------------- */

static void
tell_gone (Emit *emit, const NameInfo *info, const Life *life, SrcSpan span,
           NamesUse use)
{
  emit_error (emit, span,
              use == NAMES_WAIT
                  ? "the process \"%s\" has been waited for already"
                  : "the process \"%s\" is gone here",
              info->name);
  emit_note (emit, life->gone,
             use == NAMES_WAIT ? "here" : "it has been waited for here");
}

/* Whether it is done before or after is up to chance. */
static void
tell_racing (Emit *emit, const char *name, SrcSpan span, uint32_t thread,
             SrcSpan other, const char *what)
{
  emit_error (emit, span, "the process \"%s\" is %s in a thread", name, what);
  emit_note (emit, other, "here");
  threads_note_wait (emit, thread);
}

static bool
is_there (Emit *emit, const char *name, const Life *life, SrcSpan span)
{
  g_autofree char *what = NULL;

  if (life->thread == 0)
    return true;
  what = g_strdup_printf ("the process \"%s\" is spawned in a thread", name);
  if (threads_is_before (emit, life->thread))
    return threads_has_passed (emit, life->thread, what, span);
  tell_racing (emit, name, span, life->thread, life->spawned, "spawned");
  return false;
}

static bool
may_be_gone (Emit *emit, const NameInfo *info, uint32_t process, SrcSpan span,
             NamesUse use)
{
  const Life *const life = &g_array_index (emit->lives, Life, process);

  if (life->gone.end == 0 || use == NAMES_READ
      || (use == NAMES_MEASURE && layer_of_process (emit, process) == NULL))
    return true;
  if (emit->lacks_names)
    return false;
  if (!threads_is_before (emit, life->gone_thread))
    tell_racing (emit, info->name, span, life->gone_thread, life->gone,
                 "waited for");
  else
    tell_gone (emit, info, life, span, use);
  return false;
}

static bool
may_end (Emit *emit, const char *name, uint32_t process, SrcSpan span)
{
  const Life *const life = &g_array_index (emit->lives, Life, process);

  for (const ThreadUse *use = life->uses; use != NULL; use = use->older)
    if (!threads_is_before (emit, use->thread))
      {
        tell_racing (emit, name, span, use->thread, use->span, "used");
        return false;
      }
  if (!blocks_is_outside (emit, process))
    return true;

  emit_error (emit, span,
              "the process \"%s\" can end only once, and this may be tried "
              "again",
              name);
  emit_note (emit, life->spawned, "it is spawned here, before the block");
  return false;
}

/* Only the test itself is before all its threads. */
static void
add_use (Emit *emit, uint32_t process, SrcSpan span)
{
  Life *const life = &g_array_index (emit->lives, Life, process);

  if (emit->thread == 0
      || (life->uses != NULL && life->uses->thread == emit->thread))
    return;

  ThreadUse *const use = ARENA_NEW (emit->scratch, ThreadUse);

  *use = (ThreadUse){ .older = life->uses,
                      .thread = emit->thread,
                      .span = span };
  life->uses = use;
}

/* --- Finding ---------------------------------------------------------- */

static bool
may_use (Emit *emit, const NameInfo *info, uint32_t process, SrcSpan span,
         NamesUse use)
{
  const Life *const life = &g_array_index (emit->lives, Life, process);

  if ((use == NAMES_WAIT && !layer_is_own_process (emit, process, span))
      || !is_there (emit, info->name, life, span)
      || !may_be_gone (emit, info, process, span, use)
      || (use == NAMES_WAIT && !may_end (emit, info->name, process, span)))
    return false;
  if (use != NAMES_READ && use != NAMES_MEASURE)
    add_use (emit, process, span);
  return true;
}

bool
names_find (Emit *emit, const char *name, size_t n_name, SrcSpan span,
            NamesUse use, uint32_t *process)
{
  Asked asked = { .name = name, .n_name = n_name, .span = span, .use = use };
  Named named;

  if (!look_up (emit, &asked, &named))
    return false;
  if (!named.is_thread)
    {
      *process = named.number;
      if (!may_use (emit, asked.info, named.number, span, use))
        return false;
      warn_if_moved (emit, &asked, named);
      return true;
    }

  const ThreadLife *const life = threads_get (emit, named.number);

  emit_error (emit, span, "\"%s\" is a thread, not a process",
              asked.info->name);
  emit_note (emit, life->span, "it is started here; \"wait %s\" waits for it",
             asked.info->name);
  return false;
}

bool
names_find_ending (Emit *emit, const char *name, size_t n_name, SrcSpan span,
                   Named *named)
{
  Asked asked
      = { .name = name, .n_name = n_name, .span = span, .use = NAMES_WAIT };

  if (!look_up (emit, &asked, named))
    return false;
  if (named->is_thread)
    return threads_may_wait (emit, named->number, span);
  if (!may_use (emit, asked.info, named->number, span, NAMES_WAIT))
    return false;
  warn_if_moved (emit, &asked, *named);
  return true;
}
