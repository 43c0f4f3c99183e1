#include "config.h"

#include "front/defaults.h"

#include "front/environ.h"

#include <string.h>

static void
add_tags (Emit *emit, const char *const *tags)
{
  for (; tags != NULL && *tags != NULL; tags++)
    emit_add_tag (emit, &emit->settings.tags, *tags);
}

void
defaults_apply (Emit *emit, const char *test_name)
{
  static const CompileDefaults none = { .leftovers = LEFTOVERS_FAIL };
  const CompileOptions *const options = emit->options;
  Settings *const settings = &emit->settings;
  const CompileDefaults *defaults = NULL;

  if (options->find_defaults != NULL)
    defaults
        = options->find_defaults (options->data, emit->source->name, test_name);
  if (defaults == NULL)
    defaults = &none;
  if (settings->timeout_microsecs == 0)
    settings->timeout_microsecs = defaults->timeout_microsecs;
  if (settings->timeout_microsecs == 0)
    settings->timeout_microsecs = options->timeout_microsecs;
  if (settings->limit_microsecs == 0)
    settings->limit_microsecs = defaults->limit_microsecs;
  if (settings->limit_microsecs == 0)
    settings->limit_microsecs = options->limit_microsecs;
  if (settings->level == 0)
    settings->level = MAX (defaults->level, 1);
  if (settings->leftovers == UNSAID)
    settings->leftovers = defaults->leftovers;
  add_tags (emit, defaults->tags);
  if (defaults->env != NULL && defaults->env[0] != NULL)
    {
      settings->env = environ_put_under (emit, settings->env, defaults->env);
      settings->context = NULL;
    }
}
