#include "config.h"

#include "front/checking.h"

/* What people write for it elsewhere. */
typedef struct
{
  const char *written;
  const char *meant;
} Habit;

static const Habit habits_of_compares[] = {
  { "=", "==" },         { "===", "==" },
  { "is", "==" },        { "equals", "==" },
  { "eq", "==" },        { "<>", "!=" },
  { "isnt", "!=" },      { "ne", "!=" },
  { "has", "contains" }, { "includes", "contains" },
  { "=~", "matches" },   { "~", "matches" },
  { "like", "matches" }, { "there", "exists" },
};

static const Habit habits_of_parts[] = {
  { "output", "stdout" }, { "out", "stdout" }, { "err", "stderr" },
  { "error", "stderr" },  { "memory", "rss" }, { "mem", "rss" },
  { "time", "cpu" },
};

static void
try_habits (Nearest *nearest, const Habit *habits, unsigned n_habits,
            const AstArg *arg)
{
  for (unsigned i = 0; i < n_habits; i++)
    if (ast_arg_is (arg, habits[i].written))
      nearest->best = habits[i].meant;
}

void
checking_try_compares (Nearest *nearest, const AstArg *arg)
{
  for (unsigned i = 0; i < N_COMPARES; i++)
    nearest_try (nearest, checking_compares[i].name);
  try_habits (nearest, habits_of_compares, G_N_ELEMENTS (habits_of_compares),
              arg);
}

void
checking_try_parts (Nearest *nearest, const AstArg *arg)
{
  nearest_try (nearest, "stdout");
  nearest_try (nearest, "stderr");
  for (unsigned i = 0; i < N_MEASURES; i++)
    nearest_try (nearest, checking_measures[i].name);
  try_habits (nearest, habits_of_parts, G_N_ELEMENTS (habits_of_parts), arg);
}
