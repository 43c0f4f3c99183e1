#!/bin/sh
# Functions that are not called here, each with what is called instead.

. "$(dirname "$0")/common"

# ban FILES INSTEAD FUNCTION...: a call of one of these is an error.  "*" at the
# end of a name stands for any other letters.
ban () {
  files=$1
  instead=$2
  shift 2
  names=$(echo "$*" | sed 's/ /|/g; s/\*/[a-z_]*/g')
  # shellcheck disable=SC2086
  grep -nE "(^|[^a-zA-Z0-9_>.])($names) *\(" "$files" \
    | sed -E "s#^[0-9]*:([^:]*:[0-9]*):.*[^a-zA-Z0-9_>.]($names) *\(.*#\1: \2(): $instead#"
}

lists=$(mktemp -d) || exit 99
trap 'rm -rf "$lists"' EXIT
# shellcheck disable=SC2046
code $(find src -name '*.c' -type f) $(find grammar -name '*.[ly]') \
  $(find src -name '*.h') >"$lists/all"
grep -v '^src/cli/' "$lists/all" >"$lists/below"
grep -vE '^src/(cli|suite|vm)/' "$lists/all" >"$lists/forkless"

{
  ban "$lists/all" "no bound; g_strlcpy(), GString" \
    strcpy strcat stpcpy sprintf vsprintf gets
  ban "$lists/all" "g_ascii_strtoull(), which tells errors" atoi atol atof
  ban "$lists/all" "no shell of ours; what is run is said by the plan" \
    system popen 'g_spawn*' g_shell_parse_argv posix_spawn posix_spawnp
  ban "$lists/all" "the loop waits; use vm/timer" \
    sleep usleep nanosleep clock_nanosleep alarm setitimer 'g_usleep' \
    'g_timeout_add*' 'g_timeout_source_new*' 'g_idle_add*'
  ban "$lists/all" "one signalfd takes SIGCHLD" 'g_child_watch*'
  ban "$lists/all" "signalfd, or sigaction() where it must be" \
    signal 'g_unix_signal_add*'
  ban "$lists/all" "no threads" 'g_thread_*' 'pthread_create' 'thrd_create'
  ban "$lists/all" "our own context" \
    g_main_context_default
  ban "$lists/all" "mkdtemp()" mktemp tmpnam tempnam tmpfile
  ban "$lists/all" "the arena, or g_malloc()" alloca g_alloca strdupa
  ban "$lists/all" "the arena: interning is quadratic" \
    g_intern_string g_intern_static_string 'g_quark_from_string'
  ban "$lists/below" "only cli prints; tell it as a message or an event" \
    printf puts putchar fprintf vprintf vfprintf fputs fputc putc fwrite \
    perror g_print g_printerr psignal warn warnx err errx
  ban "$lists/forkless" "only cli exits, and who forked; return what is wrong" \
    exit quick_exit atexit
  ban "$lists/forkless" "only vm and suite fork" \
    fork vfork clone _exit execve execvp execv execl execlp
  sed -nE 's/^([^:]*:[0-9]*):.*\bgoto\b.*/\1: goto: use g_autoptr, or return/p' \
    "$lists/all"
  sed -nE 's/^([^:]*:[0-9]*):.*\bg_(source_attach|main_loop_new|main_context_iteration) \((NULL|[^(),]*, NULL\)).*/\1: not the default context: ours/p' \
    "$lists/all"
  sed -nE 's/^([^:]*:[0-9]*): *# *if 0.*/\1: dead code: delete it, git knows/p' \
    "$lists/all"
  grep -nE "(state|status)[a-z_]* [!=]= '[ZX]'" -r --include='*.[ch]' src \
    | sed -nE '/^src\/vm\/child\/inspect\.c:/d
               s/^([^:]*:[0-9]*):.*/\1: a process in state Z may live: inspect_is_dead()/p'
} | sort -t: -k1,1 -k2,2n | grep . && failed=1

finish
