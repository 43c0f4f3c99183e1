#include "config.h"

#include "front/builtin.h"

#include <string.h>

static const struct
{
  const char *name;
  const char *help;
} builtins[] = {
#define VARIABLE(NAME, name, help) { name, help },
#include "front/variables.def"
#undef VARIABLE
};

const char *
builtin_name (Builtin builtin)
{
  return builtins[builtin].name;
}

Builtin
builtin_find (const char *name)
{
  unsigned i = 0;

  while (i < N_BUILTINS && strcmp (builtins[i].name, name) != 0)
    i++;
  return (Builtin)i;
}

void
builtins_append_list (GString *out)
{
  for (unsigned i = 0; i < N_BUILTINS; i++)
    g_string_append_printf (out, "  $%-12s %s\n", builtins[i].name,
                            builtins[i].help);
}
