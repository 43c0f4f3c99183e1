#include "config.h"

#include "front/words.h"

#include "front/builtin.h"

#include <string.h>

/* One test for each row of the table. */
static const struct
{
  const char *path;
  const char *name;
  const char *help;
} rows[] = {
#define WORD(id, name, places, help, ...) { "/words/row/" name, name, help },
#include "front/words.def"
#undef WORD
};

static void
test_row (const void *data)
{
  const unsigned i = GPOINTER_TO_UINT (data);
  const Word *const word = words_find (rows[i].name);
  g_autoptr (GString) usage = g_string_new (NULL);
  g_autoptr (GString) help = g_string_new (NULL);

  g_assert_true (word == words_get (i));
  g_assert_cmpstr (word->help, ==, rows[i].help);
  g_assert_nonnull (word->func);
  g_assert_cmpuint (word->places & (IN_FILE | IN_TEST | IN_LAYER), !=, 0);
  if (!(word->places & GIVES_VALUE))
    g_assert_cmpuint (word->n_params, >, 0);
  g_assert_cmpuint (word->n_params, <=, MAX_PARAMS);
  word_append_usage (word, usage);
  g_assert_nonnull (strstr (usage->str, word->name));
  word_append_help (word, help);
  g_assert_true (g_str_has_prefix (help->str, usage->str));
  g_assert_nonnull (strstr (help->str, word->help));
}

/* What may be left out stands behind what may not, so that a reader of the
 * usage, and the match, can tell which is which. */
static void
test_order (void)
{
  for (unsigned i = 0; i < words_count (); i++)
    {
      const Word *const word = words_get (i);
      bool had_optional = false;

      for (unsigned k = 0; k < word->n_params; k++)
        {
          const Param *const param = &word->params[k];

          had_optional |= param->kind == PARAM_OPT || param->kind == PARAM_SOME
                          || param->kind == PARAM_REST;
          if (had_optional && param->kind == PARAM_REQ)
            g_assert_cmpint (param->type, ==, TYPE_BLOCK);
        }
    }
}

static void
test_no_word (void)
{
  g_assert_null (words_find ("wiat"));
  g_assert_null (words_find (""));
}

static void
test_usage (void)
{
  g_autoptr (GString) out = g_string_new (NULL);

  word_append_usage (words_find ("wait"), out);
  g_string_append_c (out, '\n');
  word_append_usage (words_find ("kill"), out);
  g_string_append_c (out, '\n');
  word_append_usage (words_find ("for"), out);
  g_string_append_c (out, '\n');
  word_append_usage (words_find ("run"), out);
  g_assert_cmpstr (out->str, ==,
                   "wait PROCESS [STATUS] [within DURATION]\n"
                   "kill [-SIGNAL] [--group] PROCESS... [within DURATION] "
                   "[grace DURATION]\n"
                   "for VARIABLE in VALUE... { ... }\n"
                   "[NAME =] run [OPTION...] COMMAND [ARGUMENT...]");
}

static void
test_list (void)
{
  g_autoptr (GString) out = g_string_new (NULL);

  words_append_list (out);
  for (unsigned i = 0; i < words_count (); i++)
    g_assert_nonnull (strstr (out->str, words_get (i)->name));
  for (unsigned i = 0; i < N_BUILTINS; i++)
    g_assert_nonnull (strstr (out->str, builtin_name ((Builtin)i)));
  g_assert_nonnull (strstr (out->str, "--limit=NAME=VALUE,..."));
  g_assert_nonnull (strstr (out->str, "--pty[=ROWSxCOLUMNS]"));
  g_assert_nonnull (strstr (out->str, "  rss  "));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (rows); i++)
    g_test_add_data_func (rows[i].path, GUINT_TO_POINTER (i), test_row);
  g_test_add_func ("/words/order", test_order);
  g_test_add_func ("/words/no-word", test_no_word);
  g_test_add_func ("/words/usage", test_usage);
  g_test_add_func ("/words/list", test_list);
  return g_test_run ();
}
