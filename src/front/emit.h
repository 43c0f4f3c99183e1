/* emit.h - a plan while it is compiled
 *
 * The file is gone through from top to bottom; its tests are noted, and
 * expanded one after the other when all of it is known (tests.h).  A word's
 * function appends operations, here, and changes what later words see: the
 * settings, the variables (vars.h), the processes (names.h), the values that
 * are known only when it runs (late.h), the blocks and threads (blocks.h).
 */
#pragma once

#include "base/diag.h"
#include "front/ast.h"
#include "front/compile.h"
#include "front/intern.h"
#include "front/words.h"
#include "plan/plan.h"

/* More operations, and something is wrong. */
#define MAX_OPS 2000000
/* The same of rounds, those of loops within each other multiplied: a loop that
 * is never done is refused before its first round. */
#define MAX_ROUNDS 16000000
/* So it is with more lines, of those that are expanded, than these, and some
 * for each operation. */
#define MAX_IDLE_LINES   4000000
#define MAX_LINES_PER_OP 16

typedef struct Tag Tag;
struct Tag
{
  const Tag *older;
  const char *name;
};

/* A place where a layer is named, by `uses` or `extends`. */
typedef struct Layer Layer; /* layer.h */
typedef struct LayerUse LayerUse;
struct LayerUse
{
  LayerUse *older;
  const char *name;
  SrcSpan span;
};

/* "Nothing was said of it", of numbers in the settings. */
#define UNSAID (-1)

/* What the children that follow start with, and the waits; and what the file
 * says of the tests that follow. */
typedef struct
{
  const PlanText *cwd;
  const PlanEnv *env;
  const PlanContext *context; /* made of these; NULL: not yet */
  int umask;
  uint32_t level;            /* 0: nothing was said of it */
  int64_t timeout_microsecs; /* the same */
  int64_t limit_microsecs;   /* the same; of the whole test; or PLAN_NO_LIMIT */
  SrcSpan limit_span;        /* where the plan says it */
  int64_t grace_microsecs;   /* 0: nothing was said of it */
  int leftovers;             /* PlanLeftovers, or UNSAID */
  const Tag *tags;           /* the last first */
  const Tag *locks;
  LayerUse *uses;
  const char *skip_reason;
} Settings;

/* What a line stands in. */
typedef enum
{
  LINES_OF_FILE,
  LINES_OF_LAYER, /* its block itself; those of its `setup` are as a test's */
  LINES_OF_TEST,
  LINES_OF_SPAWN_PAR,
  LINES_OF_WAIT_PAR
} LineKind;

typedef struct Binding Binding;   /* vars.h */
typedef struct NameInfo NameInfo; /* names.h */
typedef struct Late Late;         /* late.h */

/* A macro, defined by `def`. */
typedef struct
{
  const char *name;
  SrcSpan span;
  const char **params;
  const AstBlock *block;
  const char *text; /* of its expansions; NULL: none yet */
  uint32_t n_params;
  bool takes_rest; /* the last parameter is a list */
  bool is_broken;  /* said so already */
  bool is_expanding;
  bool is_used;
  unsigned look; /* the last that it was looked at in */
} Macro;

typedef struct Frame Frame; /* frame.h */

/* A use of a process by a thread. */
typedef struct ThreadUse ThreadUse;
struct ThreadUse
{
  const ThreadUse *older;
  uint32_t thread;
  SrcSpan span;
};

/* A process while the test is compiled. */
typedef struct
{
  SrcSpan spawned;
  SrcSpan gone;           /* SRC_SPAN_NONE: it may still run */
  SrcSpan closed;         /* its standard input, the same */
  uint32_t thread;        /* that spawned it */
  uint32_t gone_thread;   /* that waited for it */
  const ThreadUse *uses;  /* by threads, the last first */
  const ThreadUse *sends; /* those that are a `send` */
  ThreadUse expects[2];   /* the last of its output and of its errors */
} Life;

/* Where a cleanup section stands in the body: what was there is what its bare
 * names mean. */
typedef struct
{
  uint32_t op;       /* the next one there */
  uint32_t thread;   /* PLAN_NONE: all of them are over */
  uint32_t first_op; /* of the section; PLAN_NONE: there is no such place */
} NamesPlace;

struct Emit
{
  Plan *plan;     /* owned until compile_plan() returns it */
  Arena *scratch; /* owned: what is needed while compiling */
  Sources *sources;
  Diag *diag;
  const Source *source; /* the plan itself */
  const CompileOptions *options;

  Intern *texts;        /* owned: bytes to PlanText */
  Intern *blobs;        /* owned: anything else that is immutable */
  Intern *strings;      /* owned: names, with the Variable that each is */
  Intern *callables;    /* owned: to Callable */
  Intern *programs;     /* owned: those that were looked for */
  Intern *test_names;   /* owned: to SrcSpan */
  Intern *patterns;     /* owned: those that were compiled */
  Intern *layers;       /* owned: by name, to Layer */
  Intern *moved_names;  /* owned: that mean something else than before */
  Layer *last_layer;    /* the others hang on it */
  GPtrArray *file_uses; /* owned: of LayerUse, outside of tests */
  GPtrArray *macros;    /* owned: of Macro */
  GPtrArray *files;     /* owned: of Included */
  GArray *tests;        /* owned: of TestSource */
  GArray *loose;        /* owned: of LooseRun: lines outside of tests */
  GPtrArray *setups;    /* owned: of AstCall */
  GPtrArray *teardowns;

  GArray *plan_tests;  /* owned: of PlanTest */
  GArray *plan_layers; /* owned: of PlanLayer */
  GArray *statuses;    /* owned: of PlanStatus */
  GArray *expansions;  /* owned: of PlanExpansion */
  PlanOp *ops;         /* owned */
  uint32_t n_ops;
  uint32_t n_ops_room;
  uint32_t n_lines; /* expanded so far */
  PlanOp spare_op;  /* where those go that are too many */

  GString *text;         /* owned: a text that is being put together */
  GArray *slots;         /* owned: of PlanSlot */
  GByteArray *argv;      /* owned: a PlanSpawn that is being put together */
  int64_t par_microsecs; /* of the waits of a waitPar */

  GArray *owed_notes; /* owned: of OwedNote, of the last message */

  Settings settings;
  const Binding *bindings;
  const char *plan_name;
  const char *test_name;
  Frame *frame;       /* the innermost */
  Frame *free_frames; /* by their outer ones */
  Frame *outer_frame; /* of those outside of the test */
  LineKind lines;
  unsigned scope;
  unsigned n_scopes;
  unsigned n_includes; /* within each other */
  unsigned depth;      /* blocks being expanded, within each other */
  uint64_t n_rounds;   /* of the loops around, multiplied */
  unsigned n_looks;
  unsigned n_errors; /* that were told before this plan */
  bool has_lines;    /* there is anything in the plan */
  bool is_unsure;    /* a file could not be read well enough */
  bool lacks_file;   /* what is not known may be in one that is not there */

  /* Of the test, or of the layer: */
  Layer *layer;        /* NULL: it is a test */
  GArray *used;        /* owned: of UsedLayer */
  unsigned n_units;    /* so many were begun */
  unsigned own_depth;  /* of bindings: those of the file are not above it */
  Intern *names;       /* owned: of processes, to NameInfo */
  GArray *processes;   /* owned: of PlanProcess */
  GArray *lives;       /* owned: of Life */
  GArray *early;       /* owned: of EarlyUse */
  GArray *cleanups;    /* owned: of Cleanup */
  Intern *late;        /* owned: names of values, to Late */
  Late *late_names;    /* all of them, the last first */
  GArray *values;      /* owned: of PlanValue */
  GArray *givings;     /* owned: of Giving: more about each of the values */
  GArray *blocks;      /* owned: of PlanBlock */
  GArray *threads;     /* owned: of ThreadLife; the first is the test itself */
  uint32_t block;      /* the innermost; PLAN_NONE: none */
  uint32_t thread;     /* that the lines are of */
  uint32_t attempt;    /* the innermost `eventually`; PLAN_NONE: none */
  uint32_t n_rewound;  /* values of the body that a cleanup section sees */
  uint32_t n_frames;   /* that were entered so far */
  uint32_t n_body_ops; /* where the body ends; PLAN_NONE: not yet */
  NamesPlace place;    /* of the cleanup section that is expanded */
  unsigned own_scope;  /* of the test's own lines */
  Settings settings_of_teardown;
  const AstBlock *own_lines; /* NULL: those of the file */
  int64_t longest_within;    /* of those in its own lines; 0: there is none */
  SrcSpan longest_within_span;
  NameInfo *name_infos; /* all of them, the last first */
  bool is_cleaning_up;  /* in a `defer` or a `teardown` */
  bool lacks_names;     /* some process is not known: uses are not errors */
  bool lacks_values;    /* the same of values */
  bool is_full;         /* too many operations: said so */
};

/* --- Messages --------------------------------------------------------- */

/* With notes that say from where the line was expanded. */
void emit_error (Emit *emit, SrcSpan span, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
void emit_warning (Emit *emit, SrcSpan span, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
/* More about the last one. */
void emit_note (Emit *emit, SrcSpan span, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* Before anybody else tells something. */
void emit_pay_notes (Emit *emit);
void emit_init_notes (Emit *emit);

/* A text as a message can show it: not too long. */
const char *emit_shown (Emit *emit, const char *text, size_t n_text);
const char *emit_shown_arg (Emit *emit, const AstArg *arg);

/* --- Operations ------------------------------------------------------- */

/* The new one is valid until the next. */
PlanOp *emit_op (Emit *emit, OpCode code, SrcSpan span);
PlanOp *emit_process_op (Emit *emit, OpCode code, SrcSpan span,
                         uint32_t process);
/* Which is what then waits for the process. */
PlanOp *emit_wait (Emit *emit, SrcSpan span, uint32_t process, uint16_t status,
                   int64_t microsecs);

/* Counts a line, or a round of a loop; false if there are too many. */
bool emit_count_line (Emit *emit, SrcSpan span);

/* --- What is stored once ---------------------------------------------- */

const PlanText *emit_plain_text (Emit *emit, const char *text, size_t n_text);
const char *emit_string (Emit *emit, const char *text, size_t n_text);
const void *emit_bytes (Emit *emit, const void *bytes, size_t n_bytes);

/* Puts it before the tags, unless it is among them. */
void emit_add_tag (Emit *emit, const Tag **tags, const char *name);

/* What an array holds, copied into the plan's arena. */
void *emit_keep_array (Emit *emit, const GArray *array);
