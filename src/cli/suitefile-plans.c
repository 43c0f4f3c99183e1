#include "config.h"

#include "cli/suitefile-state.h"
#include "suite/choose/discover.h"

#include <glob.h>
#include <string.h>

static void
add_target (const char *path, const YamlNode *node, GPtrArray *targets,
            Diag *diag)
{
  g_autoptr (GError) error = NULL;

  if (!discover (path, targets, &error))
    diag_error (diag, node->span, "%s", error->message);
}

/* Who names plans by a pattern names none of them, as with a directory: there
 * may be some that others include. */
static void
add_found (const glob_t *found, const YamlNode *node, GPtrArray *targets,
           Diag *diag)
{
  const unsigned n = targets->len;

  for (size_t i = 0; i < found->gl_pathc; i++)
    add_target (found->gl_pathv[i], node, targets, diag);
  for (unsigned i = n; i < targets->len; i++)
    ((Target *)g_ptr_array_index (targets, i))->is_named = false;
}

static void
add_pattern (const char *pattern, const YamlNode *node, GPtrArray *targets,
             Diag *diag)
{
  glob_t found;
  const int status = glob (pattern, 0, NULL, &found);

  if (status == 0)
    add_found (&found, node, targets, diag);
  else if (status == GLOB_NOMATCH)
    diag_error (diag, node->span, "nothing matches \"%s\"", pattern);
  else
    diag_error (diag, node->span, "cannot look for \"%s\"", pattern);
  if (status == 0)
    globfree (&found);
}

static void
add_plans (const SuiteFile *file, const YamlNode *node, GPtrArray *targets,
           Diag *diag)
{
  if (!suite_node_is (node, YAML_KIND_TEXT, "plans", diag))
    return;

  g_autofree char *path = suite_file_path (file, node->text);

  if (strcmp (path, "-") == 0)
    diag_error (diag, node->span,
                "standard input cannot be a plan of a suite file");
  else if (strstr (path, "**") != NULL)
    diag_error (diag, node->span,
                "\"**\" is not known here: name each directory");
  else if (strpbrk (path, "*?[") != NULL
           && !g_file_test (path, G_FILE_TEST_EXISTS))
    add_pattern (path, node, targets, diag);
  else
    add_target (path, node, targets, diag);
}

bool
suite_file_add_plans (const SuiteFile *file, GPtrArray *targets, Diag *diag)
{
  const YamlNode *const plans = file->plans;
  const YamlNode *const first = plans != NULL ? suite_node_first (plans) : NULL;

  for (const YamlNode *item = first; item != NULL;
       item = suite_node_after (plans, item))
    add_plans (file, item, targets, diag);
  return first != NULL;
}
