#include "config.h"

#include "base/nearest.h"

#include <glib.h>

typedef struct
{
  const char *path;
  const char *wanted;
  const char *candidates; /* with blanks between */
  const char *best;       /* NULL: none */
} Case;

static const Case cases[] = {
  { "/nearest/swapped", "wbe", "db web cache", "web" },
  { "/nearest/changed", "webb", "db weba", "weba" },
  { "/nearest/left-out", "spwn", "spawn span", "spawn" },
  { "/nearest/added", "waitt", "wait", "wait" },
  { "/nearest/case", "WAIT", "wait", "wait" },
  { "/nearest/first-of-equals", "bat", "cat hat", "cat" },
  { "/nearest/best-of-all", "spawnn", "spawned spawn", "spawn" },
  { "/nearest/long", "spawnPra", "spawn spawnPar waitPar", "spawnPar" },
  { "/nearest/too-far", "wait", "spawn kill log", NULL },
  { "/nearest/too-far-for-its-length", "ab", "cd ac", "ac" },
  { "/nearest/a-third", "abcdefghi", "abcdefxyz", "abcdefxyz" },
  { "/nearest/more-than-a-third", "abcdefghi", "abcdewxyz", NULL },
  { "/nearest/all-different", "a", "b", NULL },
  { "/nearest/one-letter-more", "a", "ab", "ab" },
  { "/nearest/empty-wanted", "", "a b", NULL },
  { "/nearest/empty-candidate", "ab", "", NULL },
  { "/nearest/too-long",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", NULL },
};

static void
test_case (const void *data)
{
  const Case *const c = data;
  g_auto (GStrv) candidates = g_strsplit (c->candidates, " ", -1);
  Nearest nearest;

  nearest_init (&nearest, c->wanted);
  g_assert_null (nearest.best);
  for (unsigned i = 0; candidates[i] != NULL; i++)
    nearest_try (&nearest, candidates[i]);
  g_assert_cmpstr (nearest.best, ==, c->best);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], test_case);
  return g_test_run ();
}
