#include "config.h"

#include "suite/choose/select.h"

#include "report/label.h"

#include <string.h>

void
filter_init (Filter *filter)
{
  *filter = (Filter){ .level = 1 };
  filter->tag_sets
      = g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);
}

void
filter_clear (Filter *filter)
{
  g_clear_pointer (&filter->pattern, g_regex_unref);
  g_clear_pointer (&filter->tag_sets, g_ptr_array_unref);
}

void
filter_add_tags (Filter *filter, const char *tags)
{
  g_ptr_array_add (filter->tag_sets, g_strsplit (tags, ",", 0));
}

bool
filter_set_pattern (Filter *filter, const char *pattern, GError **error)
{
  g_clear_pointer (&filter->pattern, g_regex_unref);
  filter->pattern = g_regex_new (pattern, 0, 0, error);
  return filter->pattern != NULL;
}

static bool
has_tag (const PlanTest *test, const char *tag)
{
  for (uint32_t i = 0; i < test->n_tags; i++)
    {
      if (strcmp (test->tags[i], tag) == 0)
        return true;
    }
  return false;
}

static bool
passes_tags (const PlanTest *test, char *const *tags)
{
  bool is_asked = false;
  bool is_found = false;

  for (; *tags != NULL; tags++)
    {
      if (**tags == '!' && has_tag (test, *tags + 1))
        return false;
      if (**tags != '!' && **tags != '\0')
        {
          is_asked = true;
          is_found = is_found || has_tag (test, *tags);
        }
    }
  return is_found || !is_asked;
}

/* All but the level. */
static bool
passes (const Filter *filter, const ReportTest *test)
{
  for (unsigned i = 0; i < filter->tag_sets->len; i++)
    {
      if (!passes_tags (test->test, g_ptr_array_index (filter->tag_sets, i)))
        return false;
    }
  if (filter->pattern == NULL)
    return true;

  /* As it is listed, which is always UTF-8. */
  g_autoptr (GString) name = g_string_new (NULL);

  label_append_test (name, test);
  return g_regex_match (filter->pattern, name->str, 0, NULL);
}

/* --- All that are chosen ---------------------------------------------- */

void
selection_init (Selection *selection)
{
  *selection
      = (Selection){ .tests = g_array_new (FALSE, FALSE, sizeof (ReportTest)),
                     .chosen = g_hash_table_new (NULL, NULL) };
}

void
selection_clear (Selection *selection)
{
  g_clear_pointer (&selection->tests, g_array_unref);
  g_clear_pointer (&selection->chosen, g_hash_table_unref);
}

static void
add (Selection *selection, const Filter *filter, const ReportTest *test,
     bool is_named)
{
  if (g_hash_table_contains (selection->chosen, test->test)
      || !passes (filter, test))
    return;
  if (!is_named && test->test->level > filter->level)
    {
      selection->n_too_high++;
      return;
    }

  (void)g_hash_table_add (selection->chosen,
                          (void *)test->test); /* it is new */
  g_array_append_val (selection->tests, *test);
}

bool
selection_add (Selection *selection, const Filter *filter, const Plan *plan,
               const char *name)
{
  bool is_found = false;

  for (uint32_t i = 0; i < plan->n_tests; i++)
    {
      const ReportTest test = { .plan = plan,
                                .test = &plan->tests[i],
                                .number = selection->tests->len + 1 };

      if (name != NULL && strcmp (test.test->name, name) != 0)
        continue;

      is_found = true;
      add (selection, filter, &test, name != NULL);
    }
  return is_found || name == NULL;
}
