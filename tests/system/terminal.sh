#!/bin/sh
# On a terminal: a live line while a test runs, gone when it is over, and the
# terminal as it was before, whatever the children did to it.

# shellcheck disable=SC2016,SC2317 # plans; called by until_true
. "$(dirname "$0")/common"

cat >rude.plan <<'PLAN'
test rude {
    run --stdin=inherit --status=any stty -echo -icanon
    run sh -c 'echo > "$1/up"; until test -e "$1/go"; do sleep 0.02; done' sh $TOP
}
PLAN
cat >session <<'SCRIPT'
stty -a >before
TOP=$PWD "$1" rude.plan
echo "status $?"
stty -a >after
SCRIPT

script -qefc "sh session $proctor" typescript >/dev/null 2>&1 </dev/null &
session=$!
until_true test -e up
until_true grep -aq 'rude.plan:rude.*operation 6 of 6' typescript
touch go
wait "$session"
expect_in typescript '^status 0'
cmp before after || fail "the terminal is not as it was"

# The last thing on the screen is the summary, from the begin of its line.
sed 's/\x1b\[[0-9;?]*[A-Za-z]//g' typescript | tr '\r' '\n' | grep -aq '^1 passed' || fail "no summary"

# In a pipe there is no live line, and no color.
touch go
TOP=$top "$proctor" rude.plan </dev/null >piped 2>&1
grep -q "$(printf '\033')" piped && fail "escapes in a pipe"
finish
