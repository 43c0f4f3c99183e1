/* plan.h - a compiled plan: what the front makes and the machine runs
 *
 * A plan is a linear list of operations, cut into tests.  The operations of a
 * test are its body, then its cleanup sections (`defer` and `teardown`
 * blocks) in the order in which they run:
 *
 *     first_op                                             first_op + n_ops
 *     | setup, body ............ | section 0 | section 1 | ... |
 *
 * When the body has ended the machine goes on into section 0; when something
 * fails it goes to the first section after that place whose OP_DEFER was
 * passed.  So all that a test does when it passes is known from the list.
 *
 * Only blocks (PlanBlock) are gone through otherwise: that of `eventually` is
 * begun again when it failed, that of `spawnThread` runs beside what follows.
 *
 * Process operations come in *steps*: an OP_CHECK_EXITS, then the operations
 * of one word, up to the next operation that touches no process.  Every
 * process that is waited for is waited for by one OP_WAIT, known beforehand
 * (PlanProcess.wait_op), so whether an exit was anticipated is a question of
 * which step that operation is in.
 *
 * Everything here is in the plan's arena, is immutable once compiled, and is
 * freed with plan_free().
 */
#pragma once

#include "base/arena.h"
#include "base/source.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "No process", "no operation", "no block", where an index is wanted. */
#define PLAN_NONE UINT32_MAX

/* "none", where a limit may be said. */
#define PLAN_NO_LIMIT INT64_MAX

/* What holds where nobody says how long all of a test may take, and how long
 * it is from SIGTERM to SIGKILL. */
#define PLAN_DEFAULT_LIMIT ((int64_t)10 * 60 * 1000000)
#define PLAN_DEFAULT_GRACE ((int64_t)2 * 1000000)

/* --- Texts ---------------------------------------------------------- */

/* The built-in variables whose values are known only when the test runs;
 * a test's own, of captures and of words such as `pid`, come after them: slot
 * variable N_PLAN_VARS + V is value V of the test. */
typedef enum
{
  PLAN_VAR_TMP,    /* $tmp: the test's scratch directory, made at first use */
  PLAN_VAR_LOGDIR, /* $logdir: the directory of the test's logs */
  N_PLAN_VARS
} PlanVar;

typedef struct
{
  uint32_t offset; /* the value goes in before bytes[offset] */
  uint32_t variable;
} PlanSlot;

/* A text, with the places where values go in when it runs. */
typedef struct
{
  uint32_t n_bytes;
  uint32_t n_slots;
  const PlanSlot *slots; /* ascending */
  char bytes[];          /* @n_bytes, then a NUL */
} PlanText;

/* --- Statuses -------------------------------------------------------- */

/* A set of ways to end. */
typedef struct
{
  uint64_t codes[4]; /* bit C: exit code C, 0 to 255 */
  uint64_t signals;  /* bit S-1: death by signal S, 1 to 64 */
  const char *text;  /* as it was written: "0|SIGTERM" */
} PlanStatus;

/* @wait_status as wait(2) gives it. */
bool plan_status_has (const PlanStatus *status, int wait_status);

/* --- Processes ------------------------------------------------------- */

/* The environment of a child: changes to proctor's own, newest first. */
typedef struct PlanEnv PlanEnv;
struct PlanEnv
{
  const PlanEnv *older;  /* NULL: proctor's environment */
  const char *name;      /* NULL: all that is older is cleared */
  const PlanText *value; /* NULL: unset */
};

typedef struct
{
  int resource;   /* RLIMIT_..., of setrlimit(2) */
  uint64_t value; /* soft and hard; UINT64_MAX: unlimited */
} PlanLimit;

typedef enum
{
  PLAN_LIMIT_COUNT,
  PLAN_LIMIT_SIZE,    /* bytes */
  PLAN_LIMIT_DURATION /* whole seconds */
} PlanLimitUnit;

/* What can be limited, from limits.def.  The list ends with the name NULL. */
typedef struct
{
  const char *name; /* "nofile" */
  int resource;
  PlanLimitUnit unit;
} PlanLimitKind;

extern const PlanLimitKind plan_limit_kinds[];

typedef enum
{
  PLAN_STDIN_NULL,
  PLAN_STDIN_FILE, /* stdin_text: its path */
  PLAN_STDIN_TEXT, /* stdin_text: a here-document */
  PLAN_STDIN_PIPE,
  PLAN_STDIN_INHERIT
} PlanStdin;

/* What a child starts with; shared by all that start with the same.  Relative
 * paths are relative to @cwd, and that to where proctor was started. */
typedef struct
{
  const PlanText *cwd; /* NULL: where proctor was started */
  const PlanEnv *env;
  const PlanText *stdin_text;
  const PlanText *stdout_path; /* NULL: the log */
  const PlanLimit *limits;
  const char *user; /* NULL: as proctor */
  uint32_t n_limits;
  int umask; /* -1: as proctor */
  int nice;  /* added to proctor's */
  PlanStdin stdin_kind;
  bool merge;    /* standard error goes where standard output goes */
  bool log_pipe; /* what goes to its logs goes through pipes, and us */
  bool pty;
  uint16_t pty_rows;
  uint16_t pty_columns;
} PlanContext;

typedef struct
{
  const PlanContext *context;
  uint32_t n_argv;
  const PlanText *argv[]; /* @n_argv; the first is the command */
} PlanSpawn;

typedef enum
{
  PLAN_DAEMON = 1 << 0,   /* may run at the end; may not end before */
  PLAN_OPTIONAL = 1 << 1, /* its exit is never unexpected */
  PLAN_ADOPTED = 1 << 2,  /* not spawned by the plan: by OP_ADOPT, spawn_op */
  PLAN_EXPECTED = 1 << 3, /* some OP_EXPECT is about it */
  PLAN_OF_LAYER = 1 << 4  /* it is a layer's: runs there, and is only used */
} PlanProcessFlags;

typedef struct
{
  const char *name;
  const PlanSpawn *spawn; /* NULL: PLAN_ADOPTED */
  uint32_t spawn_op;      /* in plan->ops */
  uint32_t wait_op;       /* in plan->ops; PLAN_NONE: nothing waits for it */
  uint8_t flags;          /* PlanProcessFlags */
  /* PLAN_OF_LAYER: which of the test's layers (index in its list), and which
   * of the processes of that; spawn_op is there, too. */
  uint32_t layer;
  uint32_t number;
} PlanProcess;

/* --- What operations say, where a field is not enough ------------------ */

/* Waits for a match in what a process prints.  Values in a pattern stand for
 * themselves: they are quoted. */
typedef struct
{
  const PlanText *pattern;
  const PlanText *unless; /* NULL: none */
  const uint32_t *values; /* group I + 1 becomes value values[I] */
  uint32_t n_values;
  int stream; /* STDOUT_FILENO or STDERR_FILENO */
  int64_t microsecs;
} PlanExpect;

/* Waits for something outside; PlanOp.process: the one that must hold it. */
typedef struct
{
  const PlanText *target; /* "tcp:127.0.0.1:80"; paths as the plan has them */
  const PlanText *cwd;    /* that relative paths begin at; NULL: our own */
  bool is_not;            /* until it is gone */
  int64_t microsecs;
} PlanAwait;

/* What is written to the standard input of a process. */
typedef struct
{
  const PlanText *text;
  int64_t microsecs;
} PlanSend;

typedef enum
{
  CHECK_TEXT,   /* left, a text */
  CHECK_STREAM, /* what PlanOp.process has printed */
  CHECK_FILE,   /* left, the path of a file */
  CHECK_ACTIVE, /* how many processes run */
  CHECK_MEASURE /* measure, of PlanOp.process */
} PlanCheckSubject;

typedef enum
{
#define COMPARE(NAME, name, text, takes_value, is_order, OPPOSITE)             \
  COMPARE_##NAME,
#include "plan/compares.def"
#undef COMPARE
  N_COMPARES
} PlanCompare;

typedef enum
{
#define MEASURE(NAME, name, text, unit, help) MEASURE_##NAME,
#include "plan/measures.def"
#undef MEASURE
  N_MEASURES
} PlanMeasure;

typedef struct
{
  const PlanText *left;  /* or NULL */
  const PlanText *right; /* NULL: it compares with nothing */
  const PlanText *cwd;   /* that relative paths begin at; NULL: our own */
  uint8_t subject;       /* PlanCheckSubject */
  uint8_t compare;       /* PlanCompare */
  uint8_t measure;       /* PlanMeasure */
  uint8_t stream;        /* STDOUT_FILENO or STDERR_FILENO */
  bool right_is_file;    /* it is the path of one */
  bool is_not;           /* it is not to hold; of what has no opposite */
  int64_t microsecs;     /* CHECK_MEASURE: a process may have to come to its
                          * exec before; else 0 */
} PlanCheck;

/* A file that is written. */
typedef struct
{
  const PlanText *path;
  const PlanText *cwd; /* that a relative path begins at; NULL: our own */
  const PlanText *text;
  int mode;  /* -1: as the umask has it */
  int umask; /* -1: our own */
} PlanFile;

/* A daemon that joins the plan. */
typedef struct
{
  const PlanText *pidfile;
  const PlanText *cwd; /* that a relative path begins at; NULL: our own */
  int64_t microsecs;
} PlanAdopt;

/* --- Operations ------------------------------------------------------ */

typedef enum
{
#define OP(NAME, name, text, operands) OP_##NAME,
#include "plan/ops.def"
#undef OP
  N_OPS
} OpCode;

/* Which fields of a PlanOp an operation uses. */
typedef enum
{
  OP_HAS_PROCESS = 1 << 0, /* process; PLAN_NONE if it is left out */
  OP_HAS_STATUS = 1 << 1,
  OP_HAS_SIGNAL = 1 << 2,
  OP_HAS_LIMIT = 1 << 3, /* microsecs: how long it may take */
  OP_HAS_GRACE = 1 << 4, /* microsecs: then SIGKILL; 0: never */
  OP_HAS_TIME = 1 << 5,  /* microsecs: how long it takes */
  OP_HAS_TEXT = 1 << 6,
  OP_HAS_SECTION = 1 << 7, /* section: index in the test's sections */
  OP_HAS_NEXT = 1 << 8,    /* next: the next step's OP_CHECK_EXITS */
  OP_HAS_COMMAND = 1 << 9, /* the process's PlanSpawn */
  OP_HAS_EXPECT = 1 << 10,
  OP_HAS_AWAIT = 1 << 11,
  OP_HAS_SEND = 1 << 12,
  OP_HAS_CHECK = 1 << 13,
  OP_HAS_FILE = 1 << 14,
  OP_HAS_ADOPT = 1 << 15,
  OP_HAS_VALUE = 1 << 16,  /* value: what it gives */
  OP_HAS_STREAM = 1 << 17, /* stream: STDOUT_FILENO or STDERR_FILENO */
  OP_HAS_BLOCK = 1 << 18,  /* block: index in the test's blocks */
  /* It is part of a step.  The others belong to the step after them. */
  OP_IN_STEP = 1 << 19,
  /* Whether it may wait, and has no limit of its own then (ops.def). */
  OP_MAY_WAIT = 1 << 20,
  OP_NO_LIMIT = 1 << 21
} OpOperands;

typedef enum
{
  OP_FLAG_GROUP = 1 << 0, /* kill, signal: the whole process group */
  /* wait, check-exits: of a `kill`: an exit is anticipated only once the
   * machine has sent its signal */
  OP_FLAG_KILL = 1 << 1,
  /* wait: the time counts from the step's OP_CHECK_EXITS, not from the wait
   * before (waitPar, kill) */
  OP_FLAG_PAR = 1 << 2,
  /* wait, of a `kill`: no STATUS is written */
  OP_FLAG_NO_STATUS = 1 << 3
} OpFlags;

typedef struct
{
  uint8_t code;  /* OpCode */
  uint8_t flags; /* OpFlags */
  union
  {
    uint16_t status; /* index in plan->statuses */
    uint16_t signal;
    uint16_t section;
    uint16_t stream;
  };
  union
  {
    uint32_t process; /* index in the test's processes, or PLAN_NONE */
    uint32_t block;   /* index in the test's blocks */
  };
  SrcSpan span; /* what a message about it points at */
  union
  {
    int64_t microsecs;
    const PlanText *text;
    const PlanExpect *expect;
    const PlanAwait *await;
    const PlanSend *send;
    const PlanCheck *check;
    const PlanFile *file;
    const PlanAdopt *adopt;
    uint32_t value; /* index in the test's values */
    uint32_t next;  /* index in plan->ops; PLAN_NONE: there is none */
  };
} PlanOp;

/* The name of an operation ("check-exits"), and its operands. */
const char *op_name (OpCode code);
unsigned op_operands (OpCode code);

/* --- Tests ----------------------------------------------------------- */

/* Operations that were expanded from a macro or a loop: a message about one of
 * them points into the body, and a note at @span, where it was called.  They
 * nest; the outer stands before the inner. */
typedef struct
{
  uint32_t first_op;
  uint32_t n_ops;
  SrcSpan span;
  const char *text; /* "expanded from \"startNode\", called here" */
} PlanExpansion;

/* A cleanup section. */
typedef struct
{
  uint32_t first_op;
  uint32_t n_ops;
  uint32_t defer_op; /* the OP_DEFER that registers it */
  bool is_teardown;
} PlanSection;

typedef enum
{
  BLOCK_EVENTUALLY, /* tried again until it passes */
  BLOCK_JOIN,       /* what is started in it must end in it */
  BLOCK_THREAD      /* runs beside what follows it */
} PlanBlockKind;

/* Operations of a test that belong together: an OP_EVENTUALLY, OP_JOIN or
 * OP_THREAD, the lines of the block, an OP_END.  They nest; the outer stands
 * before the inner.  What starts a thread goes on behind its OP_END. */
typedef struct
{
  PlanBlockKind kind;
  const char *name; /* of a thread */
  SrcSpan span;
  uint32_t first_op;       /* the operation that begins it */
  uint32_t n_ops;          /* with the first and the OP_END */
  uint32_t outer;          /* the block that it stands in; PLAN_NONE: none */
  int64_t microsecs;       /* how long it may take; 0: as long as it takes */
  int64_t every_microsecs; /* between two tries */
  bool is_quiet;           /* a failure of the thread is none of the test */
} PlanBlock;

/* What is known only when the test runs. */
typedef struct
{
  const char *name;
  SrcSpan span; /* where it gets its value */
  /* PLAN_NONE: it is the test's own; else which of the test's layers (index
   * in its list) it is taken from, and which of the values of that. */
  uint32_t layer;
  uint32_t number;
} PlanValue;

/* What a descendant that was left behind means for the verdict. */
#define LEFTOVERS(LEFTOVER)                                                    \
  LEFTOVER (FAIL, "fail")                                                      \
  LEFTOVER (REPORT, "report")                                                  \
  LEFTOVER (IGNORE, "ignore")

typedef enum
{
#define LEFTOVER(NAME, name) LEFTOVERS_##NAME,
  LEFTOVERS (LEFTOVER)
#undef LEFTOVER
      N_LEFTOVERS
} PlanLeftovers;

typedef struct
{
  const char *name;
  SrcSpan span;
  uint32_t first_op;
  uint32_t n_ops;
  const PlanProcess *processes;
  const PlanBlock *blocks;
  const PlanValue *values;
  const PlanSection *sections; /* in the order in which they run */
  const char *const *tags;
  const char *const *locks; /* never beside another that holds one of them */
  const uint32_t *layers;   /* in plan->layers: all that must be up for it, in
                             * the order in which they are set up */
  const char *skip_reason;  /* a `requires` that does not hold, or NULL */
  uint32_t n_processes;
  uint32_t n_sections;
  uint32_t n_blocks;
  uint32_t n_values;
  uint32_t n_tags;
  uint32_t n_locks;
  uint32_t n_layers;
  uint32_t level;          /* 1 if the plan says nothing */
  PlanLeftovers leftovers; /* LEFTOVERS_FAIL if it says nothing */
  /* How long its body may take, or a layer's set-up, and its cleanup sections
   * once more; 0: as long as they take. */
  int64_t limit_microsecs;
  /* Where nobody has said it, and it follows from the lines: no multiplier
   * makes it shorter than this.  0: it was said. */
  int64_t least_microsecs;
  SrcSpan limit_span;      /* where the plan says it; SRC_SPAN_NONE: nowhere */
  int64_t grace_microsecs; /* from SIGTERM to SIGKILL, where proctor itself ends
                            * processes; 0: PLAN_DEFAULT_GRACE */
} PlanTest;

/* How long an operation of the test may take, or takes (`sleep`), or what a
 * `kill` gives; -1: it has no time. */
int64_t plan_op_microsecs (const PlanTest *test, const PlanOp *op);

/* Behind its last operation. */
static inline uint32_t
plan_test_end (const PlanTest *test)
{
  return test->first_op + test->n_ops;
}

/* How the tests that use a layer itself run beside each other. */
#define SHARINGS(SHARING)                                                      \
  SHARING (TURN, "turn")     /* one after the other; the default */            \
  SHARING (SHARED, "shared") /* all at once, in one set-up */                  \
  SHARING (SPLIT, "split")   /* at once, each in a set-up of its own */

typedef enum
{
#define SHARING(NAME, name) SHARING_##NAME,
  SHARINGS (SHARING)
#undef SHARING
      N_SHARINGS
} PlanSharing;

/* A fixture that tests share.  It is run as a test is: its body is the
 * `setup`, which ends with an OP_HOLD that lasts as long as the layer is up;
 * its first section is an OP_RELEASE, until no test uses it any more; then
 * come the others, `teardown` the last.
 *
 * Its values 0 and 1 are the paths of its own $tmp and $logdir, known from the
 * beginning: what its tests take over from it. */
typedef struct
{
  PlanTest unit; /* named after the layer; its layers are those it extends */
  PlanSharing sharing;
  const char *key; /* the same for the same layer in another plan, which
                    * includes it: they are one */
} PlanLayer;

#define LAYER_VALUE_TMP    0
#define LAYER_VALUE_LOGDIR 1

typedef struct
{
  Arena *arena;           /* owned */
  const Sources *sources; /* borrowed */
  const char *path;       /* as the user wrote it */
  PlanOp *ops;
  PlanTest *tests;
  PlanStatus *statuses;
  PlanExpansion *expansions;
  PlanLayer *layers; /* each after those it extends */
  uint32_t n_ops;
  uint32_t n_tests;
  uint32_t n_statuses;
  uint32_t n_expansions;
  uint32_t n_layers;
} Plan;

/* Frees its arena, which the plan itself is in. */
void plan_free (Plan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Plan, plan_free)

const char *leftovers_name (PlanLeftovers leftovers);
const char *sharing_name (PlanSharing sharing);

/* Appends an operation as `proctor ops` shows it: "wait echo 0". */
void plan_append_op (const Plan *plan, const PlanTest *test, const PlanOp *op,
                     GString *out);

/* Appends a text as it stands, values as $tmp; @values are those of the
 * test. */
void plan_append_text (const PlanText *text, const PlanValue *values,
                       GString *out);
/* Appends a pattern as plans have them: 'port (\d+)'. */
void plan_append_pattern (const PlanText *pattern, const PlanValue *values,
                          GString *out);
