#include "config.h"

#include "base/units.h"

typedef struct
{
  const char *path;
  const char *text;
  int64_t value; /* -1: it is none */
} Case;

static const Case durations[] = {
  { "/units/duration/seconds", "5s", 5000000 },
  { "/units/duration/bare", "5", 5000000 },
  { "/units/duration/milliseconds", "250ms", 250000 },
  { "/units/duration/microseconds", "7us", 7 },
  { "/units/duration/minutes", "2m", 120000000 },
  { "/units/duration/hours", "1h", 3600000000 },
  { "/units/duration/decimals", "1.5s", 1500000 },
  { "/units/duration/bare-decimals", "0.25", 250000 },
  { "/units/duration/decimals-of-hours", "0.000001h", 3600 },
  { "/units/duration/finer-than-we-count", "0.0001ms", 0 },
  { "/units/duration/zero", "0", 0 },
  { "/units/duration/leading-zeros", "007ms", 7000 },
  { "/units/duration/longest", "240000h", 864000000000000 },
  { "/units/duration/too-long", "240001h", -1 },
  { "/units/duration/far-too-long", "999999999999999h", -1 },
  { "/units/duration/too-many-digits", "9999999999999999", -1 },
  { "/units/duration/too-many-decimals", "1.1234567s", -1 },
  { "/units/duration/empty", "", -1 },
  { "/units/duration/unit-alone", "s", -1 },
  { "/units/duration/negative", "-1s", -1 },
  { "/units/duration/plus", "+1s", -1 },
  { "/units/duration/unknown-unit", "5x", -1 },
  { "/units/duration/large-letters", "5S", -1 },
  { "/units/duration/blank", "5 s", -1 },
  { "/units/duration/point-first", ".5s", -1 },
  { "/units/duration/point-last", "5.s", -1 },
  { "/units/duration/two-points", "1.5.5s", -1 },
  { "/units/duration/two-units", "1m30s", -1 },
  { "/units/duration/exponent", "1e3s", -1 },
};

static const Case sizes[] = {
  { "/units/size/bytes", "100", 100 },
  { "/units/size/kib", "64K", 65536 },
  { "/units/size/mib", "512M", 536870912 },
  { "/units/size/gib", "2G", 2147483648 },
  { "/units/size/tib", "1T", 1099511627776 },
  { "/units/size/decimals", "1.5K", 1536 },
  { "/units/size/zero", "0", 0 },
  { "/units/size/decimals-of-bytes", "1.5", -1 },
  { "/units/size/small-letters", "64k", -1 },
  { "/units/size/unit-with-b", "64KB", -1 },
  { "/units/size/empty", "", -1 },
  { "/units/size/negative", "-1", -1 },
  { "/units/size/too-large", "8388608T", -1 },
  { "/units/size/far-too-large", "999999999999999T", -1 },
};

typedef struct
{
  const char *path;
  int64_t value;
  const char *text;
} Shown;

static const Shown shown[] = {
  { "/units/show/zero", 0, "0s" },
  { "/units/show/seconds", 5000000, "5s" },
  { "/units/show/decimals", 1500000, "1.5s" },
  { "/units/show/milliseconds", 250000, "250ms" },
  { "/units/show/microseconds", 7, "7us" },
  { "/units/show/minutes", 120000000, "2m" },
  { "/units/show/half-minutes", 90000000, "1.5m" },
  { "/units/show/hours", 3600000000, "1h" },
  { "/units/show/no-exact-minutes", 61000000, "61s" },
  { "/units/show/three-decimals", 1234000, "1.234s" },
  { "/units/show/four-decimals", 1234500, "1234.5ms" },
  { "/units/show/inner-zero", 1005000, "1.005s" },
  { "/units/show/negative", -1, "0s" },
};

static const Shown shown_sizes[] = {
  { "/units/show-size/zero", 0, "0" },
  { "/units/show-size/bytes", 1023, "1023" },
  { "/units/show-size/kib", 65536, "64K" },
  { "/units/show-size/mib", 73400320, "70M" },
  { "/units/show-size/half", 1536, "1.5K" },
  { "/units/show-size/no-exact-mib", 67112960, "65540K" },
  { "/units/show-size/no-exact-kib", 67112961, "67112961" },
};

static void
test_duration (const void *data)
{
  const Case *const c = data;
  int64_t microsecs = -1;

  g_assert_cmpint (duration_parse (c->text, &microsecs), ==, c->value >= 0);
  if (c->value >= 0)
    g_assert_cmpint (microsecs, ==, c->value);
}

static void
test_size (const void *data)
{
  const Case *const c = data;
  uint64_t n_bytes = 0;

  g_assert_cmpint (size_parse (c->text, &n_bytes), ==, c->value >= 0);
  if (c->value >= 0)
    g_assert_cmpuint (n_bytes, ==, (uint64_t)c->value);
}

static void
test_shown (const void *data)
{
  const Shown *const c = data;
  g_autoptr (GString) out = g_string_new (NULL);

  duration_append (out, c->value);
  g_assert_cmpstr (out->str, ==, c->text);
}

static void
test_shown_size (const void *data)
{
  const Shown *const c = data;
  g_autoptr (GString) out = g_string_new (NULL);

  size_append (out, (uint64_t)c->value);
  g_assert_cmpstr (out->str, ==, c->text);
}

/* What is shown means the same when it is read: sizes, */
static void
test_sizes_there_and_back (void)
{
  for (uint64_t n_bytes = 1; n_bytes < UINT64_C (1) << 49;
       n_bytes += 1 + n_bytes / 7)
    {
      g_autoptr (GString) out = g_string_new (NULL);
      uint64_t back;

      size_append (out, n_bytes);
      g_assert_true (size_parse (out->str, &back));
      g_assert_cmpuint (back, ==, n_bytes);
    }
}

/* and durations. */
static void
test_there_and_back (void)
{
  for (int64_t microsecs = 1; microsecs < 800000000000000;
       microsecs += 1 + microsecs / 7)
    {
      g_autoptr (GString) out = g_string_new (NULL);
      int64_t back;

      duration_append (out, microsecs);
      g_assert_true (duration_parse (out->str, &back));
      g_assert_cmpint (back, ==, microsecs);
    }
}

static void
test_unit_names (void)
{
  g_assert_nonnull (strstr (duration_units (), "ms"));
  g_assert_nonnull (strstr (size_units (), "K"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (durations); i++)
    g_test_add_data_func (durations[i].path, &durations[i], test_duration);
  for (unsigned i = 0; i < G_N_ELEMENTS (sizes); i++)
    g_test_add_data_func (sizes[i].path, &sizes[i], test_size);
  for (unsigned i = 0; i < G_N_ELEMENTS (shown); i++)
    g_test_add_data_func (shown[i].path, &shown[i], test_shown);
  for (unsigned i = 0; i < G_N_ELEMENTS (shown_sizes); i++)
    g_test_add_data_func (shown_sizes[i].path, &shown_sizes[i],
                          test_shown_size);
  g_test_add_func ("/units/there-and-back", test_there_and_back);
  g_test_add_func ("/units/sizes-there-and-back", test_sizes_there_and_back);
  g_test_add_func ("/units/names", test_unit_names);
  return g_test_run ();
}
