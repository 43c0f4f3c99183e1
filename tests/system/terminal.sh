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

# --- Whatever ends it ---

cat >waits.plan <<'PLAN'
test waits {
    run sh -c 'echo > "$1/up"; until test -e "$1/go"; do sleep 0.02; done' sh $TOP
}
PLAN
mkfifo keys

# in_session PLAN: keys come by descriptor 9.  When proctor was killed, the
# terminal is given back a moment later.
cat >session <<'SCRIPT'
stty -a >before
TOP=$PWD env --default-signal=INT,QUIT,TSTP "$1" "$2"
echo "status $?"
until stty -a >after; cmp -s before after; do sleep 0.02; done
echo "as before"
SCRIPT
in_session () {
  rm -f up go
  TERM=xterm script -qefc "${2-sh} session $proctor $1" typescript >/dev/null 2>&1 <keys &
  session=$!
  exec 9>keys
  until_true test -e up
  until_true is_taken
}

# A terminal of the test's processes, in whose foreground it is.
guard () {
  survivors | while read -r pid; do
    case $(ps -o comm=,args= -p "$pid") in
      proctor\ *.plan) echo "$pid" ;;
    esac
  done
}

modes () {
  stty -a <"/dev/$(ps -o tty= -p "$(guard)")"
}

is_taken () {
  modes | grep -q -e '-icanon' && modes | grep -q -e '-echo '
}

expect_as_before () {
  until_true grep -aq 'as before' typescript \
    || { fail "after $1 the terminal is not as it was"; cat -v typescript; }
  exec 9>&-
  wait "$session"
  expect_nothing_left
}

in_session waits.plan
printf '\034' >&9
expect_as_before 'a SIGQUIT of the terminal'
expect_in typescript '^status 130'
expect_in typescript '0 passed, 1 interrupted'
ls core* 2>/dev/null && fail "there is a core dump"

in_session waits.plan
printf '\003' >&9
expect_as_before 'a SIGINT of the terminal'
expect_in typescript '^status 130'

for plan in waits rude; do
  in_session $plan.plan
  kill -KILL "$(guard)"
  expect_as_before "SIGKILL of the guard, in $plan"
  expect_in typescript '^status 137'

  in_session $plan.plan
  kill -KILL "$(child_of "$(guard)" proctor-sched)"
  expect_as_before "SIGKILL of the scheduler, in $plan"
  expect_in typescript '^status 99'
done

in_session waits.plan
kill -KILL "$(child_of "$(guard)" proctor-keys)"
touch go
expect_as_before "SIGKILL of what reads the keys"
expect_in typescript '^status 0'

# While it is stopped the terminal is the shell's; then it is as it was.
cat >session <<'SCRIPT'
set -m
stty -a >before
TOP=$PWD env --default-signal=INT,QUIT,TSTP "$1" "$2"
stty -a >stopped
fg
echo "status $?"
until stty -a >after; cmp -s before after; do sleep 0.02; done
echo "as before"
SCRIPT
is_back () {
  test -e stopped && is_taken
}
for plan in waits rude; do
  rm -f stopped
  in_session $plan.plan bash
  printf '\032' >&9
  until_true is_back
  cmp before stopped || fail "$plan: stopped, the terminal is not as it was"
  if [ $plan = waits ]; then
    until_true eval "printf t >&9; sleep 0.1; grep -aq '0 of 1 tests ended' typescript"
  fi
  touch go
  expect_as_before "a stop, in $plan"
  expect_in typescript '^status 0'
done

# Where no shell would let it go on, ^Z stops it no more than any other program.
cat >session <<'SCRIPT'
stty -a >before
TOP=$PWD env --default-signal=INT,QUIT,TSTP "$1" "$2"
echo "status $?"
until stty -a >after; cmp -s before after; do sleep 0.02; done
echo "as before"
SCRIPT
in_session waits.plan
printf '\032' >&9
until_true eval "printf t >&9; sleep 0.1; grep -aq '0 of 1 tests ended' typescript"
touch go
expect_as_before "a stop without a shell"
expect_in typescript '^status 0'

# In a pipe there is no live line, and no color.
touch go
TOP=$top "$proctor" rude.plan </dev/null >piped 2>&1
grep -q "$(printf '\033')" piped && fail "escapes in a pipe"
finish
