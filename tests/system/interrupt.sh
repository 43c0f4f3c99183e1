#!/bin/sh
# After SIGINT, SIGTERM or SIGHUP the test is ended with its cleanups, what was
# found is reported, and nothing is left; a second SIGINT ends all at once.

# shellcheck disable=SC2016,SC2317 # plans; called by until_true
. "$(dirname "$0")/common"

cat >long.plan <<'PLAN'
teardown { run --stdout=$TOP/torn.$CASE echo yes }
test long {
    spawn sh -c 'echo "a line"; echo > "$1/up.$2"; sleep 1000; :' sh $TOP $CASE
    wait sh
}
test never { run true }
PLAN
cat >stubborn.plan <<'PLAN'
teardown { run sh -c 'trap "" TERM INT HUP; echo > "$1/down.$2"; while :; do sleep 0.05; done' sh $TOP $CASE }
test stubborn {
    spawn sh -c 'trap "" TERM INT HUP; echo > "$1/up.$2"; while :; do sleep 0.05; done' sh $TOP $CASE
    wait sh
}
PLAN

# begin PLAN CASE.  A shell's background has SIGINT ignored, and proctor keeps
# to that: so it gets it back.
begin () {
  CASE=$2 TOP=$top env --default-signal=INT,TERM,HUP "$proctor" "$1" >"$2.out" 2>&1 &
  guard=$!
  until_true test -e "up.$2"
}

for signal in INT:130 TERM:143 HUP:129; do
  name=${signal%:*}
  begin long.plan "$name"
  kill -"$name" "$guard"
  wait "$guard"
  expect "status after SIG$name" $? "${signal#*:}"
  expect "tear-down after SIG$name" "$(cat "torn.$name")" yes
  expect_in "$name.out" 'interrupted'
  expect_in "$name.out" '1 not run'
  expect "log after SIG$name" "$(cat logs/*/long/sh.stdout)" "a line"
  expect_nothing_left
  rm -rf logs
done

begin stubborn.plan twice
kill -INT "$guard"
until_true test -e down.twice
kill -INT "$guard"
wait "$guard"
expect "status after two SIGINT" $? 130
expect_nothing_left
rm -rf logs

# To the whole group of a job, as a terminal or a supervisor does it.
CASE=group TOP=$top setsid env --default-signal=INT,TERM,HUP "$proctor" long.plan \
  >group.out 2>&1 &
guard=$!
until_true test -e up.group
kill -INT -"$guard"
wait "$guard"
expect "status after SIGINT to the group" $? 130
expect "tear-down after SIGINT to the group" "$(cat torn.group)" yes
finish
