#include "config.h"

#include "base/signame.h"

#include <glib.h>
#include <signal.h>

typedef struct
{
  const char *path;
  const char *name;
  int number; /* 0: there is none */
} Case;

static const Case cases[] = {
  { "/signame/from/short", "TERM", SIGTERM },
  { "/signame/from/long", "SIGTERM", SIGTERM },
  { "/signame/from/number", "15", 15 },
  { "/signame/from/last-number", "64", 64 },
  { "/signame/from/other-name", "CLD", SIGCHLD },
  { "/signame/from/rtmin", "RTMIN", 34 },
  { "/signame/from/rtmin-plus", "SIGRTMIN+3", 37 },
  { "/signame/from/rtmax", "RTMAX", 64 },
  { "/signame/from/rtmax-minus", "SIGRTMAX-1", 63 },
  { "/signame/from/empty", "", 0 },
  { "/signame/from/zero", "0", 0 },
  { "/signame/from/too-large", "65", 0 },
  { "/signame/from/far-too-large", "99999999999", 0 },
  { "/signame/from/negative", "-1", 0 },
  { "/signame/from/only-prefix", "SIG", 0 },
  { "/signame/from/prefix-and-number", "SIG15", 0 },
  { "/signame/from/small-letters", "term", 0 },
  { "/signame/from/more-behind", "TERMX", 0 },
  { "/signame/from/rt-past-the-end", "RTMIN+31", 0 },
  { "/signame/from/rt-before-the-start", "RTMAX-31", 0 },
  { "/signame/from/rt-no-number", "RTMIN+", 0 },
  { "/signame/from/rt-wrong-sign", "RTMIN-1", 0 },
  { "/signame/from/rt-wrong-sign-max", "RTMAX+1", 0 },
  { "/signame/from/rt-more-behind", "RTMIN+3x", 0 },
};

static void
test_case (const void *data)
{
  const Case *const c = data;

  g_assert_cmpint (signal_from_name (c->name), ==, c->number);
}

static void
test_to_name (void)
{
  char buffer[SIGNAL_NAME_SIZE];

  g_assert_cmpstr (signal_name (SIGTERM, buffer), ==, "SIGTERM");
  g_assert_cmpstr (signal_name (SIGCHLD, buffer), ==, "SIGCHLD");
  g_assert_cmpstr (signal_name (SIGABRT, buffer), ==, "SIGABRT");
  g_assert_cmpstr (signal_name (34, buffer), ==, "SIGRTMIN");
  g_assert_cmpstr (signal_name (64, buffer), ==, "SIGRTMIN+30");
  g_assert_cmpstr (signal_name (32, buffer), ==, "32");
  g_assert_cmpstr (signal_name (-2147483647, buffer), ==, "-2147483647");
}

/* Every number has a name that leads back to it. */
static void
test_there_and_back (void)
{
  char buffer[SIGNAL_NAME_SIZE];

  for (int number = 1; number <= 64; number++)
    g_assert_cmpint (signal_from_name (signal_name (number, buffer)), ==,
                     number);
}

static void
count_name (const char *name, void *data)
{
  unsigned *const n = data;

  g_assert_cmpint (signal_from_name (name), >, 0);
  ++*n;
}

static void
test_each (void)
{
  unsigned n = 0;

  signal_name_each (count_name, &n);
  g_assert_cmpuint (n, >=, 31);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], test_case);
  g_test_add_func ("/signame/to", test_to_name);
  g_test_add_func ("/signame/there-and-back", test_there_and_back);
  g_test_add_func ("/signame/each", test_each);
  return g_test_run ();
}
