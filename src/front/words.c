#include "config.h"

#include "front/words.h"

#include "front/builtin.h"
#include "front/checking.h"
#include "front/options.h"

#include <string.h>

#define REQ(type, text)                                                        \
  {                                                                            \
    PARAM_REQ, TYPE_##type, #text                                              \
  }
#define OPT(type, text)                                                        \
  {                                                                            \
    PARAM_OPT, TYPE_##type, #text                                              \
  }
#define SOME(type, text)                                                       \
  {                                                                            \
    PARAM_SOME, TYPE_##type, #text                                             \
  }
#define REST(type, text)                                                       \
  {                                                                            \
    PARAM_REST, TYPE_##type, #text                                             \
  }
#define EITHER(type, text)                                                     \
  {                                                                            \
    PARAM_EITHER, TYPE_##type, text                                            \
  }
#define LITERAL(text)                                                          \
  {                                                                            \
    PARAM_LITERAL, TYPE_TEXT, text                                             \
  }
#define KEY(text, type)                                                        \
  {                                                                            \
    PARAM_KEY, TYPE_##type, text                                               \
  }
#define KEYS(text, type)                                                       \
  {                                                                            \
    PARAM_KEYS, TYPE_##type, text                                              \
  }
#define FLAG(text)                                                             \
  {                                                                            \
    PARAM_FLAG, TYPE_TEXT, text                                                \
  }
#define DASH(type, text)                                                       \
  {                                                                            \
    PARAM_DASH, TYPE_##type, #text                                             \
  }

#define NOTHING

#define N_ARRAY(...) (sizeof ((const Param[]){ __VA_ARGS__ }) / sizeof (Param))

static const Word words[] = {
#define WORD(id, text, where, about, ...)                                      \
  { .name = text,                                                              \
    .help = about,                                                             \
    .func = word_##id,                                                         \
    .places = where,                                                           \
    .n_params = N_ARRAY (__VA_ARGS__),                                         \
    .params = { __VA_ARGS__ } },
#include "front/words.def"
#undef WORD
};

static const struct
{
  const char *name;
  const char *example;
} types[] = {
#define TYPE(NAME, id, text, example) { text, example },
#include "front/types.def"
#undef TYPE
};

unsigned
words_count (void)
{
  return G_N_ELEMENTS (words);
}

const Word *
words_get (unsigned i)
{
  return &words[i];
}

const Word *
words_find (const char *name)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (words); i++)
    if (strcmp (words[i].name, name) == 0)
      return &words[i];
  return NULL;
}

bool
param_has (const Param *param, const char *text, size_t n_text)
{
  g_auto (GStrv) names = g_strsplit (param->name, "|", -1);

  for (unsigned i = 0; names[i] != NULL; i++)
    if (strlen (names[i]) == n_text && memcmp (names[i], text, n_text) == 0)
      return true;
  return false;
}

const char *
type_name (ParamType type)
{
  return types[type].name;
}

const char *
type_example (ParamType type)
{
  return types[type].example;
}

/* --- Help ------------------------------------------------------------- */

static void
append_upper (const char *text, GString *out)
{
  for (; *text != '\0'; text++)
    g_string_append_c (out, g_ascii_toupper (*text));
}

/* A block is shown as one, anything else by its name. */
static void
append_value (const Param *param, const char *name, GString *out)
{
  if (param->type == TYPE_BLOCK)
    g_string_append (out, "{ ... }");
  else
    append_upper (name, out);
}

/* The name of what stands behind a key: "DURATION", of "a duration". */
static const char *
key_value (const Param *param)
{
  return strrchr (types[param->type].name, ' ') + 1;
}

static void
append_param (const Param *param, GString *out)
{
  switch (param->kind)
    {
    case PARAM_REQ:
      append_value (param, param->name, out);
      break;
    case PARAM_OPT:
      g_string_append_c (out, '[');
      append_value (param, param->name, out);
      g_string_append_c (out, ']');
      break;
    case PARAM_SOME:
      append_value (param, param->name, out);
      g_string_append (out, "...");
      break;
    case PARAM_REST:
      g_string_append_c (out, '[');
      append_value (param, param->name, out);
      g_string_append (out, "...]");
      break;
    case PARAM_LITERAL:
      g_string_append (out, param->name);
      break;
    case PARAM_KEY:
    case PARAM_KEYS:
      g_string_append_printf (out, "[%s ", param->name);
      append_value (param, key_value (param), out);
      g_string_append (out, param->kind == PARAM_KEYS ? "...]" : "]");
      break;
    case PARAM_EITHER:
    case PARAM_FLAG:
      g_string_append_printf (out, "[%s]", param->name);
      break;
    case PARAM_DASH:
      g_string_append (out, "[-");
      append_upper (param->name, out);
      g_string_append_c (out, ']');
      break;
    }
}

void
word_append_usage (const Word *word, GString *out)
{
  if (word->places & GIVES_VALUE)
    g_string_append (out, "NAME = ");
  else if (word->places & GIVES_ANY)
    g_string_append (out, "[NAME =] ");
  g_string_append (out, word->name);
  for (unsigned i = 0; i < word->n_params; i++)
    {
      const bool is_command = word->params[i].type == TYPE_COMMAND;

      g_string_append_c (out, ' ');
      if (is_command)
        g_string_append (out, "[OPTION...] COMMAND [ARGUMENT...]");
      else
        append_param (&word->params[i], out);
    }
}

static bool
is_plain (const Param *param)
{
  return param->kind != PARAM_LITERAL && param->kind != PARAM_FLAG
         && param->kind != PARAM_EITHER && param->type != TYPE_BLOCK
         && param->type != TYPE_COMMAND;
}

/* What the list of the parameters calls it. */
static const char *
listed_name (const Param *param)
{
  return param->kind == PARAM_KEY || param->kind == PARAM_KEYS
             ? key_value (param)
             : param->name;
}

/* Two may be of the same name, "PATTERN ... [unless PATTERN]", and kind. */
static bool
is_listed_before (const Word *word, unsigned i)
{
  const char *const name = listed_name (&word->params[i]);

  while (i-- > 0)
    if (is_plain (&word->params[i])
        && g_ascii_strcasecmp (listed_name (&word->params[i]), name) == 0)
      return true;
  return false;
}

void
word_append_help (const Word *word, GString *out)
{
  word_append_usage (word, out);
  g_string_append_printf (out, "\n    %s\n", word->help);
  for (unsigned i = 0; i < word->n_params; i++)
    {
      const Param *const param = &word->params[i];
      g_autoptr (GString) name = g_string_new (NULL);

      if (!is_plain (param) || is_listed_before (word, i))
        continue;
      append_value (param, listed_name (param), name);
      g_string_append_printf (out, "      %-10s %s: %s\n", name->str,
                              types[param->type].name,
                              types[param->type].example);
    }
}

void
words_append_list (GString *out)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (words); i++)
    {
      word_append_help (&words[i], out);
      g_string_append_c (out, '\n');
    }
  g_string_append (out, "The options of spawn and run:\n\n");
  options_append_list (out);
  g_string_append (out, "\nThe variables that are always there:\n\n");
  builtins_append_list (out);
  g_string_append (out, "\nWhat \"check\" can measure of a process:\n\n");
  checking_append_list (out);
}
