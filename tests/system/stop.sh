#!/bin/sh
# SIGTSTP stops the children, and the limits with them; SIGCONT goes on.

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

TOP=$top setsid env --default-signal=TSTP "$proctor" limit.plan >out 2>&1 &
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
finish
