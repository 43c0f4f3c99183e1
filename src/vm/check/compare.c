#include "config.h"

#include "vm/check/compare.h"

#include <string.h>

/* What a step looks at: it stays in the processor's caches. */
#define PIECE ((uint64_t)64 << 10)

static const struct
{
  const char *text;
  bool is_order;
} compares[N_COMPARES] = {
#define COMPARE(NAME, name, text, takes_value, is_order, OPPOSITE)             \
  { text, is_order },
#include "plan/compares.def"
#undef COMPARE
};

bool
compare_is_order (PlanCompare compare)
{
  return compares[compare].is_order;
}

const char *
compare_text (PlanCompare compare)
{
  return compares[compare].text;
}

static uint64_t
count_newlines (const char *bytes, size_t n_bytes)
{
  uint64_t n = 0;

  for (size_t i = 0; i < n_bytes; i++)
    n += bytes[i] == '\n';
  return n;
}

uint64_t
compare_count_lines (const char *bytes, size_t n_bytes)
{
  return count_newlines (bytes, n_bytes)
         + (n_bytes > 0 && bytes[n_bytes - 1] != '\n');
}

/* --- Numbers -------------------------------------------------------------- */

typedef struct
{
  bool is_negative;
  const char *whole; /* without leading zeros */
  size_t n_whole;
  const char *decimals; /* without zeros at the end */
  size_t n_decimals;
} Number;

static size_t
count_digits (const char *bytes, const char *end)
{
  size_t n = 0;

  while (bytes + n < end && g_ascii_isdigit (bytes[n]))
    n++;
  return n;
}

static bool
read_number (const char *bytes, size_t n_bytes, Number *number)
{
  const char *end = bytes + n_bytes;

  while (end > bytes && end[-1] == '\n')
    end--;
  *number = (Number){ .is_negative = bytes < end && *bytes == '-' };
  bytes += number->is_negative;

  number->whole = bytes;
  number->n_whole = count_digits (bytes, end);
  if (number->n_whole == 0)
    return false;
  bytes += number->n_whole;
  if (bytes < end && *bytes == '.')
    {
      number->decimals = ++bytes;
      number->n_decimals = count_digits (bytes, end);
      if (number->n_decimals == 0)
        return false;
      bytes += number->n_decimals;
    }
  for (; number->n_whole > 0 && *number->whole == '0'; number->whole++)
    number->n_whole--;
  while (number->n_decimals > 0
         && number->decimals[number->n_decimals - 1] == '0')
    number->n_decimals--;
  if (number->n_whole + number->n_decimals == 0)
    number->is_negative = false;
  return bytes == end;
}

bool
compare_is_number (const char *bytes, size_t n_bytes)
{
  Number number;
  return read_number (bytes, n_bytes, &number);
}

static int
compare_digits (const char *left, size_t n_left, const char *right,
                size_t n_right)
{
  const size_t n = MIN (n_left, n_right);
  const int order = n > 0 ? memcmp (left, right, n) : 0;

  return order != 0 ? order : (n_left > n_right) - (n_left < n_right);
}

int
compare_numbers (const char *left, size_t n_left, const char *right,
                 size_t n_right)
{
  Number a, b;
  const bool are_numbers
      = read_number (left, n_left, &a) && read_number (right, n_right, &b);

  g_assert (are_numbers);
  if (a.is_negative != b.is_negative)
    return a.is_negative ? -1 : 1;

  int order = (a.n_whole > b.n_whole) - (a.n_whole < b.n_whole);
  if (order == 0)
    order = compare_digits (a.whole, a.n_whole, b.whole, b.n_whole);
  if (order == 0)
    order = compare_digits (a.decimals, a.n_decimals, b.decimals, b.n_decimals);
  return a.is_negative ? -order : order;
}

bool
compare_holds (PlanCompare compare, int order)
{
  switch (compare)
    {
    case COMPARE_EQ:
      return order == 0;
    case COMPARE_NE:
      return order != 0;
    case COMPARE_LT:
      return order < 0;
    case COMPARE_LE:
      return order <= 0;
    case COMPARE_GT:
      return order > 0;
    case COMPARE_GE:
      return order >= 0;
    default:
      g_assert_not_reached ();
    }
}

/* --- Contents ------------------------------------------------------------- */

static CompareResult
answer (const Comparing *comparing, bool is_so)
{
  const bool is_wanted = comparing->compare != COMPARE_NE && !comparing->is_not;

  return is_so == is_wanted ? COMPARE_YES : COMPARE_NO;
}

static size_t
find_difference (const char *left, const char *right, size_t n_bytes)
{
  size_t i = 0;

  if (memcmp (left, right, n_bytes) == 0)
    return n_bytes;
  while (left[i] == right[i])
    i++;
  return i;
}

/* As far as both go, so that a failure can tell where they differ. */
static CompareResult
step_equal (Comparing *comparing, GError **error)
{
  const Content *left = comparing->left, *right = comparing->right;
  const uint64_t size = MIN (left->size, right->size);
  const size_t n = MIN (size - comparing->offset, PIECE);
  g_autoptr (GString) left_buffer = g_string_new (NULL);
  g_autoptr (GString) right_buffer = g_string_new (NULL);

  if (comparing->compare == COMPARE_NE && left->size != right->size)
    return COMPARE_YES;

  const char *left_bytes
      = content_view (left, comparing->offset, n, left_buffer, error);
  if (left_bytes == NULL)
    return COMPARE_CANNOT;
  const char *right_bytes
      = content_view (right, comparing->offset, n, right_buffer, error);
  comparing->right_is_bad = right_bytes == NULL;
  if (right_bytes == NULL)
    return COMPARE_CANNOT;

  const size_t n_equal = find_difference (left_bytes, right_bytes, n);
  comparing->n_lines += count_newlines (left_bytes, n_equal);
  comparing->offset += n_equal;
  if (n_equal < n)
    return answer (comparing, false);
  return comparing->offset < size
             ? COMPARE_GOES_ON
             : answer (comparing, left->size == right->size);
}

static void
pass (Comparing *comparing, const char *bytes, size_t n_bytes)
{
  comparing->n_lines += count_newlines (bytes, n_bytes);
  comparing->offset += n_bytes;
}

static CompareResult
step_contains (Comparing *comparing, GError **error)
{
  const uint64_t n_left = comparing->left->size - comparing->offset;
  Content *wanted = comparing->right;

  comparing->right_is_bad = !content_load (wanted, COMPARE_MAX_LOADED, error);
  if (comparing->right_is_bad)
    return COMPARE_CANNOT;

  const size_t n = MIN (n_left, PIECE + wanted->size);
  g_autoptr (GString) buffer = g_string_new (NULL);
  const char *bytes
      = content_view (comparing->left, comparing->offset, n, buffer, error);
  if (bytes == NULL)
    return COMPARE_CANNOT;

  const char *found = memmem (bytes, n, wanted->bytes, wanted->size);
  if (found == NULL && n < n_left)
    {
      /* One over the border is seen in the next. */
      pass (comparing, bytes, PIECE);
      return COMPARE_GOES_ON;
    }
  if (found != NULL && comparing->is_not)
    pass (comparing, bytes, (size_t)(found - bytes));
  return answer (comparing, found != NULL);
}

static CompareResult
step_lines (Comparing *comparing, GError **error)
{
  const uint64_t size = comparing->left->size;
  const size_t n = MIN (size - comparing->offset, PIECE);
  g_autoptr (GString) buffer = g_string_new (NULL);
  const char *bytes
      = content_view (comparing->left, comparing->offset, n, buffer, error);

  if (bytes == NULL)
    return COMPARE_CANNOT;
  comparing->offset += n;
  if (comparing->offset < size)
    {
      comparing->n_lines += count_newlines (bytes, n);
      return COMPARE_GOES_ON;
    }
  comparing->n_lines += compare_count_lines (bytes, n);
  return answer (comparing, comparing->n_lines == comparing->n_wanted);
}

static CompareResult
step_matches (Comparing *comparing, GError **error)
{
  Content *left = comparing->left;
  PatternMatch match;

  if (!content_load (left, COMPARE_MAX_LOADED, error))
    return COMPARE_CANNOT;
  switch (pattern_match (comparing->pattern, left->bytes, left->size,
                         comparing->is_not ? &match : NULL, error))
    {
    case PATTERN_MATCH:
      if (!comparing->is_not)
        return COMPARE_YES;
      pass (comparing, left->bytes, (size_t)match.begin);
      pattern_match_clear (&match);
      return COMPARE_NO;
    case PATTERN_NO_MATCH:
      return answer (comparing, false);
    default:
      return COMPARE_CANNOT;
    }
}

CompareResult
compare_step (Comparing *comparing, GError **error)
{
  switch (comparing->compare)
    {
    case COMPARE_EQ:
    case COMPARE_NE:
      return step_equal (comparing, error);
    case COMPARE_CONTAINS:
      return step_contains (comparing, error);
    case COMPARE_MATCHES:
      return step_matches (comparing, error);
    case COMPARE_EMPTY:
      return answer (comparing, comparing->left->size == 0);
    case COMPARE_LINES:
      return step_lines (comparing, error);
    default:
      g_assert_not_reached ();
    }
}
