/* parser.y - the shape of a plan: lines, their arguments, blocks
 *
 * No word of the language stands here: see src/front/words.def.
 */
%code top {
#include "config.h"
}

%code requires {
#include "front/scan.h"
}

%code provides {
/* In scanner.l. */
int yylex (YYSTYPE *value, SrcSpan *span, void *scanner);
}

%code {
#define YYLLOC_DEFAULT(current, rhs, n)                                        \
  ((current).begin                                                             \
   = (n) > 0 ? YYRHSLOC (rhs, 1).begin : YYRHSLOC (rhs, 0).end,                \
   (current).end = YYRHSLOC (rhs, n).end)

static void
yyerror (const SrcSpan *span, void *scanner, Scan *scan, AstBlock **plan,
         const char *message)
{
  (void)scanner;
  (void)plan;
  diag_error (scan->diag, *span, "%s", message);
}
}

%define api.pure full
%define api.location.type {SrcSpan}
%define parse.error custom
%define parse.lac full
%expect 0
%locations
%param { void *scanner }
%parse-param { Scan *scan } { AstBlock **plan }

%union {
  AstArg *arg;
  AstCall *call;
  AstBlock *block;
}

%token YYEOF 0 "the end of the plan"
%token TOK_END "the end of the line"
%token TOK_OPEN "a block"
%token TOK_CLOSE "\"}\""
%token TOK_EQUALS "\"=\""
%token <arg> TOK_WORD "a word"
%token <arg> TOK_HERE "a here-document"

%type <block> lines
%type <call> call more
%type <arg> block other argument

%%

plan:
  lines  { *plan = $lines; }
;

/* A line that cannot be read is left out, up to its end. */
lines:
  %empty  { $$ = ast_block_new (scan->arena); }
| lines TOK_END
| lines call TOK_END  { $$ = ast_block_append ($1, $call); }
| lines error TOK_END  { yyerrok; }
;

call:
  TOK_WORD  { $$ = ast_call_new (scan->arena, NULL, $1); }
| more
;

/* "=" makes what stands before it a name only behind the first word. */
more:
  TOK_WORD[name] TOK_EQUALS TOK_WORD[word]
    { $$ = ast_call_new (scan->arena, $name, $word); }
| TOK_WORD other
    { $$ = ast_call_append (ast_call_new (scan->arena, NULL, $1), $other); }
| more argument  { $$ = ast_call_append ($1, $argument); }
;

argument:
  other
| TOK_EQUALS
    {
      $$ = ast_plain_new (scan->arena, "=", 1, @1);
      $$->is_bare = true;
    }
;

other:
  TOK_WORD
| TOK_HERE
| block
;

block:
  TOK_OPEN lines TOK_CLOSE  { $$ = ast_block_arg_new (scan->arena, $lines, @$); }
;

%%

static int
yyreport_syntax_error (const yypcontext_t *context, void *scanner, Scan *scan,
                       AstBlock **plan)
{
  const SrcSpan span = *yypcontext_location (context);
  const yysymbol_kind_t found = yypcontext_token (context);
  yysymbol_kind_t expected[2];

  (void)scanner;
  (void)plan;
  /* What closes a block that was opened in a line that is left out. */
  if (found == YYSYMBOL_TOK_CLOSE && scan->n_syntax_errors > 0)
    return 0;

  scan->n_syntax_errors++;
  if (yypcontext_expected_tokens (context, expected, 2) == 1)
    diag_error (scan->diag, span, "%s stands where %s should",
                yysymbol_name (found), yysymbol_name (expected[0]));
  else
    diag_error (scan->diag, span, "a line cannot begin with %s",
                yysymbol_name (found));
  return 0;
}
