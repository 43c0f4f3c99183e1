#include "config.h"

#include "front/compile.h"

#include <glib/gstdio.h>
#include <string.h>

static const char layers[] = "layer low {\n"
                             "  setup { port = freePort; db = spawn sleep "
                             "$port; file \"$tmp/x\" hi }\n"
                             "  teardown { kill db }\n"
                             "}\n"
                             "layer high { extends low; sharing shared; setup "
                             "{ stop db; cont db } }\n";

/* Plans that include a file of layers. */
typedef struct
{
  char *directory; /* owned */
  char *layers;    /* owned: the path of that file */
} Fixture;

static void
fixture_init (Fixture *fixture, const char *text)
{
  fixture->directory = g_dir_make_tmp ("layer-key-XXXXXX", NULL);
  fixture->layers = g_build_filename (fixture->directory, "layers.plan", NULL);
  g_assert_true (g_file_set_contents (fixture->layers, text, -1, NULL));
}

static void
fixture_clear (Fixture *fixture)
{
  g_assert_cmpint (g_unlink (fixture->layers), ==, 0);
  g_assert_cmpint (g_rmdir (fixture->directory), ==, 0);
  g_free (fixture->layers);
  g_free (fixture->directory);
}

/* The key of the layer "high", or else of the only one, of a plan of these
 * lines; %s in them is the file to include. */
static char *
make_key (const Fixture *fixture, const char *format, const char *directory)
{
  static const CompileOptions options
      = { .timeout_microsecs = 20000000, .builddir = "/started" };
  g_auto (GStrv) pieces = g_strsplit (format, "%s", -1);
  g_autofree char *text
      = g_strjoinv (fixture->layers != NULL ? fixture->layers : "", pieces);
  g_autofree char *name = g_build_filename (directory, "p.plan", NULL);
  g_autoptr (Sources) sources = sources_new ();
  g_autoptr (Diag) diag = diag_new (sources);
  const Source *const source = sources_add (sources, name, text, strlen (text));
  g_autoptr (Plan) plan = compile_plan (source, sources, &options, diag);
  g_autoptr (GString) messages = g_string_new (NULL);

  diag_print (diag, messages, false);
  if (plan == NULL)
    g_error ("%s", messages->str);
  for (uint32_t i = 0; i < plan->n_layers; i++)
    if (strcmp (plan->layers[i].unit.name, "high") == 0)
      return g_strdup (plan->layers[i].key);
  return g_strdup (plan->layers[0].key);
}

/* Wherever it is included from, and whatever stands around it. */
static void
test_same (void)
{
  static const char *const same[] = {
    "include %s",
    "# more\n\n\ninclude %s\ntest t { uses high; run true; stop db }",
    "layer other { setup { wait-for } }\ndef wait-for { run true }\n"
    "include %s\ntest t { uses other low; log $port }",
    "test first { run true; run sh }\ninclude %s\nenv LATER=1",
    "let other = 5\ntags slow\nlock x\nlevel 2\ninclude %s\nleftovers report",
  };
  Fixture fixture;

  fixture_init (&fixture, layers);

  g_autofree char *key = make_key (&fixture, same[0], "/one");

  g_assert_true (g_str_has_prefix (key, "high "));
  for (unsigned i = 1; i < G_N_ELEMENTS (same); i++)
    {
      g_autofree char *other = make_key (&fixture, same[i], "two");

      g_assert_cmpstr (key, ==, other);
    }
  fixture_clear (&fixture);
}

/* What would make it another. */
static void
test_different (void)
{
  static const char *const different[] = {
    "include %s",
    "env A=1\ninclude %s",
    "env A=2\ninclude %s",
    "unset A\ninclude %s",
    "cd /\ninclude %s",
    "umask 077\ninclude %s",
    "timeout 1s\ninclude %s",
    "leftovers ignore\ninclude %s",
    "requires program no-such-program\ninclude %s",
  };
  g_autoptr (GHashTable) keys
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Fixture fixture;

  fixture_init (&fixture, layers);
  for (unsigned i = 0; i < G_N_ELEMENTS (different); i++)
    if (!g_hash_table_add (keys, make_key (&fixture, different[i], "/one")))
      g_error ("\"%s\" makes no difference", different[i]);
  fixture_clear (&fixture);
}

/* Each a layer that differs from the others in one thing. */
static const char *const texts[] = {
  "setup { }",
  "teardown { }",
  "sharing shared",
  "sharing split",
  "setup { log x }",
  "setup { log \"$tmp\" }",
  "setup { log \"$logdir\" }",
  "setup { log \"\\$tmp\" }",
  "setup { fail x }",
  "setup { sleep 1 }",
  "setup { sleep 2 }",
  "setup { run a }",
  "setup { run a b }",
  "setup { run \"a b\" }",
  "setup { b = run a }",
  "setup { run --status=1 a }",
  "setup { run --within=1s a }",
  "setup { spawn --optional a }",
  "setup { spawn --daemon a }",
  "setup { spawn --stdin=pipe a }",
  "setup { run --stdin=inherit a }",
  "setup { run --stdin=x a }",
  "setup { run a <<E\nx\nE\n}",
  "setup { run --stdout=x a }",
  "setup { run --merge a }",
  "setup { run --log=pipe a }",
  "setup { run --pty a }",
  "setup { run --pty=9x9 a }",
  "setup { run --limit=core=0 a }",
  "setup { run --limit=core=1 a }",
  "setup { run --nice=1 a }",
  "setup { run --clear-env a }",
  "setup { spawn a; kill a }",
  "setup { spawn a; kill -9 a }",
  "setup { spawn a; kill --group a }",
  "setup { spawn a; kill a grace 1s }",
  "setup { spawn a; defer { wait a } }",
  "setup { spawn a; wait a }",
  "setup { spawn a; expect a x; wait a }",
  "setup { spawn a; expect a stderr x; wait a }",
  "setup { spawn a; expect a x unless y; wait a }",
  "setup { spawn a; expect a '(x)' -> y; wait a }",
  "setup { spawn a; expect a '(x)' -> z; wait a }",
  "setup { await tcp:1 }",
  "setup { await tcp:2 }",
  "setup { await not tcp:1 }",
  "setup { spawn a; await tcp:1 by a; wait a }",
  "setup { check file x exists }",
  "setup { check not file x exists }",
  "setup { check 'x' == y }",
  "setup { check 'x' != y }",
  "setup { check file x == y }",
  "setup { check file x == file y }",
  "setup { file x y }",
  "setup { file x mode 0600 y }",
  "setup { eventually { log x } }",
  "setup { eventually every 1s { log x } }",
  "setup { eventually within 1s { log x } }",
  "setup { join { run a } }",
  "setup { x = freePort }",
  "setup { y = freePort }",
  "setup { a = adopt pidfile x; wait a any }",
  "setup { a = adopt pidfile y; wait a any }",
  "setup { t = spawnThread { log x }; wait t }",
  "setup { t = spawnThread quiet { log x }; wait t any }",
};

static void
test_contents (void)
{
  g_autoptr (GHashTable) keys
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (unsigned i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *text = g_strdup_printf ("layer l {\n%s\n}\n", texts[i]);
      const Fixture fixture = { .layers = NULL };

      if (!g_hash_table_add (keys, make_key (&fixture, text, "/one")))
        g_error ("\"%s\" makes no difference", texts[i]);
    }
}

/* A layer is another one if what it stands on is. */
static void
test_extended (void)
{
  static const char format[]
      = "layer low { setup { log %s } }\nlayer high { extends low }";
  Fixture one = { .layers = (char *)"one" };
  Fixture two = { .layers = (char *)"two" };
  g_autofree char *first = make_key (&one, format, "/one");
  g_autofree char *again = make_key (&one, format, "/one");
  g_autofree char *other = make_key (&two, format, "/one");
  g_autofree char *elsewhere = make_key (&one, format, "/two");

  g_assert_cmpstr (first, ==, again);
  g_assert_cmpstr (first, !=, other);
  g_assert_cmpstr (first, !=, elsewhere);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/layer-key/same", test_same);
  g_test_add_func ("/layer-key/different", test_different);
  g_test_add_func ("/layer-key/contents", test_contents);
  g_test_add_func ("/layer-key/extended", test_extended);
  return g_test_run ();
}
