#include "config.h"

#include "suiting.h"

#include <glib/gstdio.h>
#include <string.h>

static void
begin (Suiting *suiting)
{
  suiting->sources = sources_new ();
  suiting->diag = diag_new (suiting->sources);
  suiting->out = g_string_new (NULL);
  settings_init (&suiting->settings);
}

static void
end (Suiting *suiting)
{
  settings_clear (&suiting->settings);
  g_string_free (suiting->out, TRUE);
  diag_free (suiting->diag);
  sources_free (suiting->sources);
}

void
suiting_set_up (Suiting *suiting, const void *data)
{
  (void)data;
  for (unsigned i = 0; i < N_OPTIONS; i++)
    {
      g_autofree char *name = option_environment_name (&option_table[i]);

      g_unsetenv (name);
    }
  suiting->directory = g_dir_make_tmp ("suitefile-XXXXXX", NULL);
  g_assert_cmpint (g_chdir (suiting->directory), ==, 0);
  begin (suiting);
}

void
suiting_tear_down (Suiting *suiting, const void *data)
{
  (void)data;
  end (suiting);
  g_assert_cmpint (g_chdir ("/"), ==, 0);
  g_assert_cmpint (g_rmdir (suiting->directory), ==, 0);
  g_free (suiting->directory);
}

void
suiting_again (Suiting *suiting)
{
  end (suiting);
  begin (suiting);
}

bool
suiting_parse (Suiting *suiting, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 0);
  const bool is_ok
      = settings_parse (&suiting->settings, (int)g_strv_length (words), words,
                        suiting->diag)
        && settings_read_suite (&suiting->settings, COMMAND_RUN,
                                suiting->sources, suiting->diag);

  g_string_truncate (suiting->out, 0);
  diag_print (suiting->diag, suiting->out, false);
  g_assert_true (is_ok == (diag_n_errors (suiting->diag) == 0));
  return is_ok;
}

bool
suiting_parse_bytes (Suiting *suiting, const char *text, size_t n_text,
                     const char *line)
{
  /* Not by GLib, which waits for the disk. */
  FILE *file = g_fopen (SUITE_FILE_NAME, "w");

  g_assert_nonnull (file);
  g_assert_cmpuint (fwrite (text, 1, n_text, file), ==, n_text);
  g_assert_cmpint (fclose (file), ==, 0);

  const bool is_ok = suiting_parse (suiting, line);

  g_assert_cmpint (g_remove (SUITE_FILE_NAME), ==, 0);
  return is_ok;
}

bool
suiting_parse_text (Suiting *suiting, const char *text, const char *line)
{
  return suiting_parse_bytes (suiting, text, strlen (text), line);
}
