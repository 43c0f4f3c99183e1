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
