#include "config.h"

#include "tree.h"

static void
append_parts (const AstPart *part, GString *out)
{
  static const char *const marks[]
      = { [AST_SIMPLE] = "$", [AST_BRACED] = "${}", [AST_LIST_OF] = "$@" };

  for (; part != NULL; part = part->next)
    {
      if (part->variable == NULL)
        g_string_append_len (out, part->text, part->n_text);
      else
        g_string_append_printf (out, "<%s%s", marks[part->variable_kind],
                                part->variable);
      if (part->has_fallback)
        {
          g_string_append (out, ":-");
          append_parts (part->fallback, out);
        }
      g_string_append (out, part->variable != NULL ? ">" : "");
    }
}

static void
append_arg (const AstArg *arg, GString *out)
{
  switch (arg->kind)
    {
    case AST_PLAIN:
      g_string_append (out, arg->is_bare ? "" : "'");
      g_string_append_len (out, arg->text, arg->n_text);
      g_string_append (out, arg->is_bare ? "" : "'");
      break;
    case AST_PARTS:
      g_string_append_c (out, '"');
      append_parts (arg->parts, out);
      g_string_append_c (out, '"');
      break;
    case AST_LIST:
      g_string_append_printf (out, "$@%s", arg->variable);
      break;
    case AST_BLOCK:
      g_string_append (out, "{ ");
      tree_append (arg->block, out);
      g_string_append_c (out, '}');
      break;
    }
  g_string_append (out, arg->is_here_document ? "<<" : "");
}

void
tree_append (const AstBlock *block, GString *out)
{
  for (const AstCall *call = block->first; call != NULL; call = call->next)
    {
      if (call->name != NULL)
        {
          append_arg (call->name, out);
          g_string_append (out, " := ");
        }
      for (const AstArg *arg = call->first; arg != NULL; arg = arg->next)
        {
          append_arg (arg, out);
          g_string_append (out, arg->next != NULL ? " " : "; ");
        }
    }
}
