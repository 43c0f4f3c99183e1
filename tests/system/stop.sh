#!/bin/sh
# SIGTSTP stops the children, and the limits with them; SIGCONT goes on.  The
# time between the two is no part of how long anything took.

# shellcheck disable=SC2016,SC2317 # plans; called by until_true
. "$(dirname "$0")/common"

# It starts nothing: a shell whose child is stopped on its way to its exec
# cannot stop before that goes on.
mkfifo go
exec 3<>go
cat >limit.plan <<'PLAN'
spawn sh -c 'echo $$ > "$1/up"; read -r line <"$1/go"' sh $TOP
wait sh within 2s
PLAN

state_is () {
  test "$(ps -o state= -p "$1" | cut -c1)" = "$2"
}

TOP=$top setsid env --default-signal=TSTP "$proctor" --history "$top/history" \
  --junit "$top/xml" --json "$top/json" limit.plan >out 2>&1 &
guard=$!
until_true test -s up
child=$(cat up)
kill -TSTP "$guard"
until_true state_is "$guard" T
until_true state_is "$child" T

# Longer than the limit: it is the limit that is tested.
sleep 2.5
echo >&3
kill -CONT "$guard"
wait "$guard"
expect "status" $? 0

# is_short WHAT SECONDS: without the stop.
is_short () {
  case $2 in
    [01] | [01].*) ;;
    *) fail "$1 counts the stop: \"$2\"" ;;
  esac
}
is_short "the test" "$(sed -nE 's/^ok +limit.plan:limit +([0-9.]+)s$/\1/p' out)"
is_short "the run" "$(sed -nE 's/^1 passed \(([0-9.]+)s\)$/\1/p' out)"
is_short "JUnit" "$(sed -nE 's/.*<testcase .* time="([0-9.]+)".*/\1/p' xml)"
is_short "JSON" "$(sed -nE 's/.*"test-end".*"seconds":([0-9.]+).*/\1/p' json)"
is_short "the run in JSON" "$(sed -nE 's/.*"run-end".*"seconds":([0-9.]+).*/\1/p' json)"
is_short "the history" "$("$proctor" history --history "$top/history" \
  | sed -nE 's/.* ([0-9]+\.[0-9]+)s.*limit.plan.*/\1/p' | head -n 1)"
finish
