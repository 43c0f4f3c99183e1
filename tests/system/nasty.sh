#!/bin/bash
# What nobody does, until somebody does.

# shellcheck disable=SC2016,SC2317 # plans; called by until_true
. "$(dirname "$0")/common"

# More children before their exec than there are stacks; a lost worker, whose
# children hold its channel.
mkfifo nobody
cat >stuck.plan <<'PLAN'
for i in 1..300 { p$i = spawn --daemon --stdin=$TOP/nobody cat }
run --stdin=$TOP/nobody cat
PLAN
TOP=$top env --default-signal=INT "$proctor" stuck.plan >out 2>&1 &
guard=$!
until_true child_of "$guard" proctor-sched >pid
scheduler=$(child_of "$guard" proctor-sched)
until_true child_of "$scheduler" proctor-worker >pid
worker=$(child_of "$scheduler" proctor-worker | head -n 1)
# With vfork (sanitizers) the first one holds the worker.
some_children () { test "$(pgrep -c -P "$worker")" -ge 1; }
until_true some_children
kill -KILL "$worker"
wait "$guard"
expect "status with a lost worker" $? 99
expect_nothing_left

# The output of a terminal is whole, and its descriptors are given back.
cat >pty.plan <<'PLAN'
test whole {
    run --pty seq 1 20000
    run sh -c 'test $(wc -l < "$1") = 20000' sh $logdir/seq.stdout
}
test many { repeat 200 { run --pty true } }
PLAN
(ulimit -n 100 && exec "$proctor" pty.plan) >out 2>&1
expect "status with terminals" $? 0

# With -v, and few descriptors, no line is lost.
echo 'repeat 200 { run echo hello }' >many.plan
(ulimit -n 100 && exec "$proctor" -v many.plan) >out 2>&1
expect "status with few descriptors" $? 0
expect "lines" "$(grep -c '| hello$' out)" 200

# A flood of output holds no limit up.
echo 'run --within=300ms sh -c "while :; do echo line; done"' >flood.plan
timeout 30 "$proctor" -v flood.plan >/dev/null 2>&1
expect "status of a flood" $? 1

# A signal does not cut a cleanup short.
cat >clean.plan <<'PLAN'
teardown { run sh -c 'echo > "$1/cleaning"; until test -e "$1/go"; do sleep 0.02; done; echo > "$1/clean"' sh $TOP }
test cleans { run true }
PLAN
TOP=$top "$proctor" clean.plan >out 2>&1 &
guard=$!
until_true test -e cleaning
kill -TERM "$guard"
touch go
wait "$guard"
expect "status after SIGTERM in a cleanup" $? 143
[ -e clean ] || fail "the cleanup was cut short"

# Runs that share a log directory which comes and goes.
for i in 1 2 3 4; do
  echo 'run true' >"r$i.plan"
done
for i in 1 2 3 4 5 6; do
  "$proctor" r1.plan r2.plan r3.plan r4.plan >"run.$i" 2>&1 &
  pids="${pids-} $!"
done
for pid in $pids; do
  wait "$pid"
  expect "status of a run beside others" $? 0
done
finish
