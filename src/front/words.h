/* words.h - the words of the language: the table made from words.def */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum
{
#define TYPE(NAME, name, text, example) TYPE_##NAME,
#include "front/types.def"
#undef TYPE
  N_TYPES
} ParamType;

typedef enum
{
  PARAM_REQ,
  PARAM_OPT,
  PARAM_SOME,
  PARAM_REST,
  PARAM_EITHER,
  PARAM_LITERAL,
  PARAM_KEY,
  PARAM_KEYS,
  PARAM_FLAG,
  PARAM_DASH
} ParamKind;

typedef struct
{
  ParamKind kind;
  ParamType type;
  /* The word itself, of LITERAL, KEY, KEYS and FLAG; the words, of EITHER. */
  const char *name;
} Param;

typedef enum
{
  IN_FILE = 1 << 0,
  IN_TEST = 1 << 1,
  IN_PAR = 1 << 2,
  GIVES_PROCESS = 1 << 3,
  GIVES_THREAD = 1 << 4,
  GIVES_VALUE = 1 << 5,
  ENDS_TEST = 1 << 6,
  READS_ITSELF = 1 << 7, /* its function reads the arguments */
  IN_LAYER = 1 << 8
} WordPlaces;

#define GIVES_ANY (GIVES_PROCESS | GIVES_THREAD | GIVES_VALUE)

#define MAX_PARAMS 6

typedef struct Emit Emit;
typedef struct Call Call;
typedef void WordFunc (Emit *emit, const Call *call);

typedef struct
{
  const char *name;
  const char *help;
  WordFunc *func;
  unsigned places; /* WordPlaces */
  unsigned n_params;
  Param params[MAX_PARAMS];
} Word;

unsigned words_count (void);
const Word *words_get (unsigned i);
const Word *words_find (const char *name);

/* Whether @text is one of the words of an EITHER. */
bool param_has (const Param *param, const char *text, size_t n_text);

/* "a duration"; an example of it. */
const char *type_name (ParamType type);
const char *type_example (ParamType type);

/* "wait PROCESS [STATUS] [within DURATION]". */
void word_append_usage (const Word *word, GString *out);

/* For people: one word with its parameters and what it does; or all words,
 * the options of spawn and run, and the variables that are always there. */
void word_append_help (const Word *word, GString *out);
void words_append_list (GString *out);

/* The functions in words/. */
#define WORD(id, name, places, help, ...)                                      \
  void word_##id (Emit *emit, const Call *call);
#include "front/words.def"
#undef WORD
