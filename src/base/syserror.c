#include "config.h"

#include "base/syserror.h"

#include <stdarg.h>

void
syserror_set (GError **error, int number, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, G_FILE_ERROR, (int)g_file_error_from_errno (number),
               "%s: %s", what, g_strerror (number));
}

void
syserror_set_reason (GError **error, int number)
{
  g_set_error_literal (error, G_FILE_ERROR,
                       (int)g_file_error_from_errno (number),
                       g_strerror (number));
}

bool
syserror_may_pass (const GError *error)
{
  return g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_AGAIN)
         || g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOMEM);
}

bool
syserror_is_shortage (const GError *error)
{
  return syserror_may_pass (error)
         || g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_MFILE)
         || g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NFILE);
}
