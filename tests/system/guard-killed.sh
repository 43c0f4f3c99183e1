#!/bin/sh
# Nothing outlives a proctor that was killed, whichever of its levels it was,
# grandchildren and daemons included.

# shellcheck disable=SC2016,SC2317 # plans; called by until_true
. "$(dirname "$0")/common"

cat >family.plan <<'PLAN'
spawn sh -c 'setsid sh -c "echo > \"$1.daemon\"; sleep 1000; :" sh "$1" & echo > "$1.up"; sleep 1000; :' sh $FAMILY
wait sh
PLAN

is_up () {
  test -e "$top/$1.up" && test -e "$top/$1.daemon"
}

begin () {
  FAMILY=$top/$1 "$proctor" family.plan >"$1.out" 2>&1 &
  guard=$!
  until_true is_up "$1"
  scheduler=$(child_of "$guard" proctor-sched)
  worker=$(child_of "$scheduler" proctor-worker)
}

begin guard
kill -KILL "$guard"
wait "$guard"
expect "status of a killed guard" $? 137
expect_nothing_left

begin scheduler
kill -KILL "$scheduler"
wait "$guard"
expect "status after the scheduler was killed" $? 99
expect_in scheduler.out 'the scheduler was killed with SIGKILL'
expect_nothing_left

begin worker
kill -KILL "$worker"
wait "$guard"
expect "status after a worker was killed" $? 99
expect_in worker.out 'ERROR +family.plan:family'
expect_in worker.out 'the worker of this test was killed with SIGKILL'
expect_nothing_left

begin both
kill -KILL "$scheduler" "$worker"
wait "$guard"
expect "status after both were killed" $? 99
expect_nothing_left

finish
