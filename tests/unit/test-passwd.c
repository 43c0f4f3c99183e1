#include "config.h"

#include "base/passwd.h"

#include <glib.h>

static void
test_found (void)
{
  uid_t uid = 1;
  gid_t gid = 1;

  g_assert_true (passwd_find ("root", &uid, &gid));
  g_assert_cmpuint (uid, ==, 0);
  g_assert_cmpuint (gid, ==, 0);
}

static void
test_not_found (void)
{
  uid_t uid = 1;
  gid_t gid = 2;

  g_assert_false (passwd_find ("no such user", &uid, &gid));
  g_assert_false (passwd_find ("", &uid, &gid));
  g_assert_false (passwd_find ("roo", &uid, &gid));
  g_assert_cmpuint (uid, ==, 1);
  g_assert_cmpuint (gid, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/passwd/found", test_found);
  g_test_add_func ("/passwd/not-found", test_not_found);
  return g_test_run ();
}
