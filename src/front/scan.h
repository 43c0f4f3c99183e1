/* scan.h - what the scanner keeps between tokens
 *
 * The rules in scanner.l find the pieces; the functions here make words of
 * them, and say what is wrong with a text: that a quote is not closed, that it
 * is not UTF-8.
 */
#pragma once

#include "base/diag.h"
#include "front/ast.h"
#include "front/intern.h"
#include "front/marks.h"

/* Blocks within blocks; deeper, and the rest is not read. */
#define SCAN_MAX_BLOCKS 200
/* Quotes and ${a:-...} within each other. */
#define SCAN_MAX_OPEN 64

/* What was opened and must be closed. */
typedef struct
{
  int state; /* the scanner's, to go back to */
  uint32_t begin;
  bool is_quote; /* else: a "${" */
} ScanOpen;

typedef struct ScanHere ScanHere;

typedef struct
{
  const Source *source; /* borrowed, as all below that does not say so */
  Diag *diag;
  Arena *arena;
  Intern *names;
  Marks *marks;   /* NULL: nobody wants them */
  GString *text;  /* owned: a piece of a word, not finished yet */
  uint32_t piece; /* where it begins */
  uint32_t word;  /* where the word begins */
  AstPart *parts; /* those that are finished, of the word or of the */
  AstPart **end;  /* fallback that is being read */
  AstPart *last;
  GPtrArray *outer; /* owned: of AstPart: the variables whose fallbacks are
                     * being read */
  ScanOpen open[SCAN_MAX_OPEN];
  unsigned n_open;
  SrcSpan long_quote; /* the first that goes over several lines */
  SrcSpan blocks[SCAN_MAX_BLOCKS];
  unsigned n_blocks;
  SrcSpan glued;  /* the first "{word", "word{" or "}}" */
  GQueue here;    /* of ScanHere: those that begin at the next line */
  unsigned n_bad; /* bytes that are no text, as often as it was said */
  uint32_t last_bad;
  SrcSpan closing; /* a "}" that is a token still to come */
  bool has_closing;
  bool has_extra_brace;
  bool ends_line;         /* the last token: a line can begin after it */
  bool is_hopeless;       /* nothing more is read */
  bool is_unsure;         /* what was read may not be what was meant */
  bool is_wrong_word;     /* something in it was told */
  AstHabits habits;       /* of the word */
  unsigned n_parentheses; /* open, of those that cannot stand there */
  unsigned n_syntax_errors;
} Scan;

void scan_init (Scan *scan, const Source *source, Arena *arena, Intern *names,
                Diag *diag);
void scan_clear (Scan *scan);

/* --- Words ------------------------------------------------------------ */

void scan_begin_word (Scan *scan, uint32_t begin);
void scan_append (Scan *scan, const char *bytes, size_t n_bytes);
/* "\x41", "\u{41}": the digits. */
void scan_append_byte (Scan *scan, const char *digits);
void scan_append_character (Scan *scan, const char *digits, SrcSpan span);
/* Bytes from 0x80 on: told if they are not UTF-8. */
void scan_append_wide (Scan *scan, const char *bytes, size_t n_bytes,
                       uint32_t begin);
/* The same outside of quotes, where some mean nothing, which is told. */
void scan_append_bare (Scan *scan, const char *bytes, size_t n_bytes,
                       uint32_t begin);
void scan_append_bare_wide (Scan *scan, const char *bytes, size_t n_bytes,
                            uint32_t begin);
void scan_append_variable (Scan *scan, const char *name, size_t n_name,
                           SrcSpan span, AstVariableKind kind);
/* What comes up to scan_end_fallback() is that of the last variable. */
void scan_begin_fallback (Scan *scan);
void scan_end_fallback (Scan *scan, uint32_t end);
AstArg *scan_end_word (Scan *scan, uint32_t end);

/* --- What must be closed ---------------------------------------------- */

/* False if there are too many within each other. */
bool scan_open (Scan *scan, int state, SrcSpan span, bool is_quote);
/* Returns the state to go back to. */
int scan_close (Scan *scan, uint32_t end);
/* Whether what is open may go on in the next line.  If not, scan_unwind()
 * tells so, and returns the state to go back to. */
bool scan_may_be_long (const Scan *scan);
int scan_unwind (Scan *scan);
/* At the end of the text. */
int scan_not_closed (Scan *scan);

/* A word that somebody may have taken for a brace and something else. */
void scan_glued_brace (Scan *scan, SrcSpan span);
bool scan_open_block (Scan *scan, SrcSpan span);
/* False if no block is open. */
bool scan_close_block (Scan *scan, SrcSpan span);
/* Tells which block is not closed. */
void scan_block_not_closed (Scan *scan);

/* --- Bad text --------------------------------------------------------- */

void scan_nul (Scan *scan, SrcSpan span);
void scan_bad_escape (Scan *scan, SrcSpan span, const char *text,
                      size_t n_text);
void scan_bad_dollar (Scan *scan, SrcSpan span, const char *text);
/* One that stands before a letter or a digit, outside of quotes. */
void scan_lost_backslash (Scan *scan, SrcSpan span, char next);
/* The same of a backtick. */
void scan_backtick (Scan *scan, SrcSpan span);
void scan_parenthesis (Scan *scan, SrcSpan span, char which);
/* A comment: told if it is not UTF-8. */
void scan_check (Scan *scan, const char *bytes, size_t n_bytes, uint32_t begin);

/* --- Here-documents --------------------------------------------------- */

/* "<<EOF", "<<'EOF'", "<<~EOF": its text begins at the next line. */
AstArg *scan_here (Scan *scan, const char *operator, size_t n_operator,
                   SrcSpan span);

/* Where to read next. */
typedef struct
{
  uint32_t at;
  bool is_text; /* of a here-document, from here to the end of a line */
  bool is_verbatim;
} ScanPlace;

/* Which place follows the end of a line, when a here-document begins there or
 * goes on. */
ScanPlace scan_here_line (Scan *scan, uint32_t begin);
