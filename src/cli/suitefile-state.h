/* suitefile-state.h - what the parts of suitefile share */
#pragma once

#include "base/yamltree.h"
#include "cli/suitefile.h"

/* What a test gets from one override.  Which fields were set, `said` tells. */
typedef struct
{
  GRegex *pattern; /* owned */
  uint64_t said;   /* option_bit()s */
  int64_t timeout_microsecs;
  int64_t test_limit_microsecs;
  int64_t slow_microsecs;
  unsigned level;
  unsigned n_retries;
  int leftovers;
  GPtrArray *tags; /* owned; of char, owned */
  GHashTable *env; /* owned; of char, owned: values by names */
} Override;

struct SuiteFile
{
  Arena *arena;    /* owned; of the tree */
  char *directory; /* owned; relative paths begin there */
  bool is_there;
  bool is_readable;      /* as YAML, and as a whole */
  SrcSpan span;          /* of its first line */
  const YamlNode *plans; /* NULL: it does not say; so the others */
  const YamlNode *defaults;
  const YamlNode *profiles;
  const YamlNode *overrides;
  GArray *all_overrides; /* owned; of Override */
  GHashTable *env;       /* owned; of char, owned: for all tests */
  uint64_t taken;        /* what goes before overrides */
  CompileDefaults base;  /* without overrides */
  GHashTable *made; /* owned; of MadeDefaults, by the overrides that match */
};

/* Whether it is of this kind; if not, that is said.  @name: its key, or, of an
 * item of a list, that of the list.  A text must hold something. */
bool suite_node_is (const YamlNode *node, YamlKind kind, const char *name,
                    Diag *diag);

/* One text, or a list of texts: the first, and the one after it. */
const YamlNode *suite_node_first (const YamlNode *node);
const YamlNode *suite_node_after (const YamlNode *node, const YamlNode *item);

/* A path, as seen from where we are. */
char *suite_file_path (const SuiteFile *file, const char *path);

/* Adds the variables of `env`.  @replaces: also those that are there. */
void suite_file_read_env (const YamlNode *node, GHashTable *env, bool replaces,
                          Diag *diag);

void suite_file_read_overrides (SuiteFile *file, Diag *diag);
void suite_override_clear (Override *override);

typedef struct MadeDefaults MadeDefaults;
void suite_made_free (MadeDefaults *made);
