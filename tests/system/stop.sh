#!/bin/sh
# SIGTSTP stops the children, and the limits with them; SIGCONT goes on.

# shellcheck disable=SC2016,SC2317 # plans; called by until_true
. "$(dirname "$0")/common"

cat >limit.plan <<'PLAN'
spawn sh -c 'echo $$ > "$1/up"; until test -e "$1/go"; do sleep 0.02; done' sh $TOP
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
state_is "$child" T || fail "the child is not stopped"

# Longer than the limit: it is the limit that is tested.
sleep 2.5
touch go
kill -CONT "$guard"
wait "$guard"
expect "status" $? 0
finish
