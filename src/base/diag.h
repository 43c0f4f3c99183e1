/* diag.h - messages about a plan, with their places
 *
 *     deploy.plan:7:6: error: there is no process "wbe"
 *         7 | wait wbe 0 5s
 *           |      ^~~
 *     deploy.plan:2:1: note: did you mean "web", named here?
 *         2 | web = spawn "httpd" "-f"
 *           | ^~~
 *
 * Whoever finds something wrong says so and goes on; one run shows all, each
 * once: a message that was given for the same place already is dropped, with
 * its notes.
 */
#pragma once

#include "base/source.h"

typedef enum
{
  DIAG_ERROR,
  DIAG_WARNING,
  DIAG_NOTE
} DiagSeverity;

typedef struct
{
  DiagSeverity severity;
  SrcSpan span;
  char *text; /* owned */
} DiagMessage;

typedef struct Diag Diag;

/* @sources is borrowed, and must outlive it. */
Diag *diag_new (const Sources *sources);
void diag_free (Diag *diag);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Diag, diag_free)

void diag_error (Diag *diag, SrcSpan span, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
void diag_warning (Diag *diag, SrcSpan span, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
/* More about the last message. */
void diag_note (Diag *diag, SrcSpan span, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

unsigned diag_n_errors (const Diag *diag);
unsigned diag_n_warnings (const Diag *diag);

/* Appends all messages, those of a source in the order of their places.  The
 * first ones are shown with their lines; when there are very many, the later
 * ones in a line each, so that the list stays readable. */
void diag_print (const Diag *diag, GString *out, bool color);

/* Appends one message, as diag_print() does. */
void diag_print_message (const Sources *sources, DiagSeverity severity,
                         SrcSpan span, const char *text, GString *out,
                         bool color);
/* The same without the line. */
void diag_print_headline (const Sources *sources, DiagSeverity severity,
                          SrcSpan span, const char *text, GString *out,
                          bool color);
