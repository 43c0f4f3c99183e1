/* builtin.h - the variables that are always there, from variables.def */
#pragma once

#include <glib.h>

typedef enum
{
#define VARIABLE(NAME, name, help) BUILTIN_##NAME,
#include "front/variables.def"
#undef VARIABLE
  N_BUILTINS
} Builtin;

const char *builtin_name (Builtin builtin);

/* N_BUILTINS: it is none. */
Builtin builtin_find (const char *name);

void builtins_append_list (GString *out);
