/* fuzz-compile - the compiler and the layout, on any bytes
 *
 *     fuzz-compile [FILE|DIRECTORY...]
 *
 * Compiles and lays out all plans found there (else those of the tests), then
 * mutations of them: FUZZ_RUNS in number, or as many as a minute is enough for,
 * the same ones for the same FUZZ_SEED.  A crash, a criticism by GLib, an input
 * that takes too long, and a result that contradicts itself are failures; the
 * input is then left in fuzz-failed.plan, for `proctor check`.
 *
 * All is done in a child, on an input in memory that is shared with us. */
#include "config.h"

#include "../unit/laying.h"
#include "front/compile.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_TEXT      8192
#define MAX_SECONDS   10                             /* for one input */
#define ENOUGH        ((clock_t)60 * CLOCKS_PER_SEC) /* for all of them */
#define DEFAULT_RUNS  20000
#define MAX_MUTATIONS 6

typedef struct
{
  unsigned run;
  unsigned n_laid; /* texts that could be read */
  size_t n_text;
  char text[MAX_TEXT];
} Input;

typedef struct
{
  uint64_t state;
  Input *input;     /* shared */
  GPtrArray *texts; /* of GBytes, owned: what is mutated */
} Fuzz;

/* What plans are made of: the words of the language, and its shapes. */
static const char *const pieces[] = {
#define WORD(name, text, ...) text,
#include "front/words.def"
#undef WORD
  "{",
  "}",
  "\n}\n",
  "=",
  "$",
  "${",
  "${a:-",
  "$@a",
  "\"",
  "'",
  "\\",
  "\\\n",
  ";",
  "\n",
  "\r\n",
  "\t",
  "#",
  "|",
  "&&",
  "<",
  "(",
  ")",
  "<<EOF\n",
  "\nEOF\n",
  "<<~'E'\n",
  "a = ",
  "test t {",
  "setup {\n",
  "1..3",
  "-1",
  "0|TERM",
  "!0",
  "5s",
  "1.5m",
  "--",
  "--stdin=pipe",
  "--env=a",
  "--limit=x",
  "within",
  "grace 1s",
  "-> a b",
  "$a",
  "stdout",
  "stderr",
  "unless 'x'",
  "'(\\d+)'",
  "==",
  "empty",
  "by p",
  "not",
  "quiet",
  "tcp:",
  "active",
  "-KILL",
  "999",
  "$tmp",
  "\\xff",
  "\\u{0}",
  "\\u{1f600}",
  "\xff",
  "\xe2\x82",
  "\xf4\x90\x80\x80",
  "\xef\xbb\xbf",
  "99999999999999999999",
};

static unsigned
pick (Fuzz *fuzz, size_t n)
{
  fuzz->state ^= fuzz->state << 13;
  fuzz->state ^= fuzz->state >> 7;
  fuzz->state ^= fuzz->state << 17;
  return n == 0 ? 0 : (unsigned)((fuzz->state >> 11) % n);
}

/* --- Compiling -------------------------------------------------------- */

static void
check_span (const Sources *sources, SrcSpan span)
{
  g_assert_cmpuint (span.begin, <=, span.end);
  g_assert_true (span.end == 0 || sources_find (sources, span.begin) != NULL);
}

/* Blocks nest, and begin and end with what they should. */
static void
check_blocks (const Plan *plan, const PlanTest *test)
{
  for (uint32_t i = 0; i < test->n_blocks; i++)
    {
      const PlanBlock *block = &test->blocks[i];
      const uint32_t end = block->first_op + block->n_ops - 1;

      g_assert_cmpuint (plan->ops[block->first_op].block, ==, i);
      g_assert_cmpuint (plan->ops[end].code, ==, OP_END);
      g_assert_cmpuint (plan->ops[end].block, ==, i);
      if (block->outer == PLAN_NONE)
        continue;

      const PlanBlock *outer = &test->blocks[block->outer];
      g_assert_cmpuint (block->outer, <, i);
      g_assert_cmpuint (block->first_op, >, outer->first_op);
      g_assert_cmpuint (end, <, outer->first_op + outer->n_ops - 1);
    }
}

static void
check_test (const Plan *plan, const PlanTest *test, GString *out)
{
  g_assert_cmpuint (test->first_op, <=, plan->n_ops);
  g_assert_cmpuint (test->n_ops, <=, plan->n_ops - test->first_op);
  check_blocks (plan, test);
  for (uint32_t i = 0; i < test->n_ops; i++)
    {
      const PlanOp *op = &plan->ops[test->first_op + i];
      const unsigned operands = op_operands (op->code);

      check_span (plan->sources, op->span);
      g_assert_cmpuint (op->code, <, N_OPS);
      if (operands & OP_HAS_PROCESS && op->process != PLAN_NONE)
        g_assert_cmpuint (op->process, <, test->n_processes);
      if (operands & OP_HAS_BLOCK)
        g_assert_cmpuint (op->block, <, test->n_blocks);
      if (operands & OP_HAS_VALUE)
        g_assert_cmpuint (op->value, <, test->n_values);
      if (operands & OP_HAS_NEXT && op->next != PLAN_NONE)
        g_assert_cmpuint (op->next, >, test->first_op + i);
      if (operands & OP_HAS_STATUS)
        g_assert_cmpuint (op->status, <, plan->n_statuses);
      if (operands & OP_HAS_SECTION)
        g_assert_cmpuint (op->section, <, test->n_sections);
      g_string_truncate (out, 0);
      plan_append_op (plan, test, op, out);
      g_assert_null (strchr (out->str, '\n'));
    }
}

static void
compile (const char *text, size_t n_text)
{
  const CompileOptions options
      = { .timeout_microsecs = 20 * G_USEC_PER_SEC, .builddir = "/" };
  g_autoptr (Sources) sources = sources_new ();
  g_autoptr (Diag) diag = diag_new (sources);
  g_autoptr (GString) out = g_string_new (NULL);

  const Source *source = sources_add (sources, "fuzz.plan", text, n_text);
  g_autoptr (Plan) plan = compile_plan (source, sources, &options, diag);
  g_assert_true ((plan == NULL) == (diag_n_errors (diag) > 0));

  diag_print (diag, out, false);
  g_assert_true (g_utf8_validate (out->str, (gssize)out->len, NULL));
  for (uint32_t i = 0; plan != NULL && i < plan->n_tests; i++)
    check_test (plan, &plan->tests[i], out);
}

static void
run (Fuzz *fuzz)
{
  const clock_t begin = clock ();
  g_autoptr (GString) layout = g_string_new (NULL);

  compile (fuzz->input->text, fuzz->input->n_text);
  fuzz->input->n_laid
      += laying_check (fuzz->input->text, fuzz->input->n_text, layout);
  if ((clock () - begin) / CLOCKS_PER_SEC >= MAX_SECONDS)
    g_error ("this input took more than %d s", MAX_SECONDS);
}

/* --- Mutations -------------------------------------------------------- */

/* Puts @n bytes in the place of @n_out at @at, as many as there is room for. */
static void
splice (Input *input, size_t at, size_t n_out, const char *text, size_t n)
{
  const size_t n_rest = input->n_text - at - n_out;

  n = MIN (n, MAX_TEXT - at);
  const size_t n_kept = MIN (n_rest, MAX_TEXT - at - n);
  memmove (input->text + at + n, input->text + at + n_out, n_kept);
  memcpy (input->text + at, text, n);
  input->n_text = at + n + n_kept;
}

static void
mutate (Fuzz *fuzz)
{
  Input *input = fuzz->input;
  const size_t at = pick (fuzz, input->n_text + 1);
  const size_t n_left = input->n_text - at;
  const size_t n_some = pick (fuzz, MIN (n_left, 64) + 1);
  char copy[64];
  size_t n_other;

  switch (pick (fuzz, 8))
    {
    case 0: /* a bit */
      if (n_left > 0)
        input->text[at] = (char)(input->text[at] ^ (1 << pick (fuzz, 8)));
      break;
    case 1: /* the end */
      input->n_text = at;
      break;
    case 2: /* some less */
      splice (input, at, n_some, "", 0);
      break;
    case 3: /* some twice */
      memcpy (copy, input->text + at, MIN (n_some, sizeof copy));
      splice (input, at, 0, copy, MIN (n_some, sizeof copy));
      break;
    case 4: /* of another plan */
      {
        GBytes *other = fuzz->texts->pdata[pick (fuzz, fuzz->texts->len)];
        const char *text = g_bytes_get_data (other, &n_other);
        const size_t from = pick (fuzz, n_other + 1);
        splice (input, at, 0, text + from, pick (fuzz, n_other - from + 1));
        break;
      }
    case 5: /* a piece instead of some */
    default:
      {
        const char *piece = pieces[pick (fuzz, G_N_ELEMENTS (pieces))];
        splice (input, at, pick (fuzz, 2) ? 0 : n_some, piece, strlen (piece));
        break;
      }
    }
}

static void
take (Fuzz *fuzz, GBytes *bytes)
{
  size_t n_text;
  const char *text = g_bytes_get_data (bytes, &n_text);

  fuzz->input->n_text = 0;
  splice (fuzz->input, 0, 0, text, n_text);
}

static void
run_all (Fuzz *fuzz, unsigned n_runs)
{
  for (guint i = 0; i < fuzz->texts->len; i++)
    {
      take (fuzz, fuzz->texts->pdata[i]);
      run (fuzz);
    }
  for (unsigned i = 0; i < n_runs && clock () < ENOUGH; i++)
    {
      fuzz->input->run = i + 1;
      take (fuzz, fuzz->texts->pdata[pick (fuzz, fuzz->texts->len)]);
      for (unsigned n = 1 + pick (fuzz, MAX_MUTATIONS); n > 0; n--)
        mutate (fuzz);
      run (fuzz);
    }
}

/* --- The corpus ------------------------------------------------------- */

static int
compare_names (const void *a, const void *b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

/* A file, or all below a directory that is named *.plan, in order. */
static void
add_texts (GPtrArray *texts, const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  if (dir == NULL)
    {
      char *text;
      size_t n_text;
      if (g_file_get_contents (path, &text, &n_text, NULL))
        g_ptr_array_add (texts, g_bytes_new_take (text, n_text));
      return;
    }

  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  for (const char *name; (name = g_dir_read_name (dir)) != NULL;)
    g_ptr_array_add (names, g_build_filename (path, name, NULL));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    if (g_str_has_suffix (names->pdata[i], ".plan")
        || g_file_test (names->pdata[i], G_FILE_TEST_IS_DIR))
      add_texts (texts, names->pdata[i]);
}

static GPtrArray *
read_corpus (int n_paths, char **paths)
{
  static const char *const usual[]
      = { "plans", "tests/golden", "tests/fuzz/corpus" };
  GPtrArray *texts
      = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  const char *top = g_getenv ("top_srcdir");

  for (int i = 0; i < n_paths; i++)
    add_texts (texts, paths[i]);
  for (size_t i = 0; n_paths == 0 && i < G_N_ELEMENTS (usual); i++)
    {
      g_autofree char *path
          = g_build_filename (top != NULL ? top : ".", usual[i], NULL);
      add_texts (texts, path);
    }
  return texts;
}

static uint64_t
number_of (const char *variable, uint64_t otherwise)
{
  const char *text = g_getenv (variable);
  return text == NULL ? otherwise : g_ascii_strtoull (text, NULL, 10);
}

static int
failed (const Fuzz *fuzz, uint64_t seed, int status)
{
  const Input *input = fuzz->input;

  (void)g_file_set_contents ("fuzz-failed.plan", input->text,
                             (gssize)input->n_text, NULL);
  printf ("failed with status 0x%x in run %u of FUZZ_SEED=%" PRIu64
          "; the input is in fuzz-failed.plan\n",
          (unsigned)status, input->run, seed);
  return 1;
}

int
main (int argc, char **argv)
{
  const unsigned n_runs = (unsigned)number_of ("FUZZ_RUNS", DEFAULT_RUNS);
  const uint64_t seed = number_of ("FUZZ_SEED", 1);
  g_autoptr (GPtrArray) texts = read_corpus (argc - 1, argv + 1);
  Input *input = mmap (NULL, sizeof *input, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  Fuzz fuzz = { seed * 2 + 1, input, texts };
  int status = -1;

  if (texts->len == 0 || input == MAP_FAILED)
    {
      printf ("there is no corpus\n");
      return 1;
    }
  (void)fflush (stdout);
  const pid_t pid = fork ();
  if (pid == 0)
    {
      (void)g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
      run_all (&fuzz, n_runs);
      exit (0); /* not _exit(): leaks are looked for then */
    }
  if (pid < 0 || waitpid (pid, &status, 0) != pid || status != 0)
    return failed (&fuzz, seed, status);
  printf ("%u plans and %u mutations compiled, %u of them laid out\n",
          texts->len, input->run, input->n_laid);
  return 0;
}
