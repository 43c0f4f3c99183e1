#!/bin/sh
# A worker or a layer that somebody else ends or stops is never a pass, and
# never a hang; no test is lost.

# shellcheck disable=SC2016,SC2317 # plans; called by until_true
. "$(dirname "$0")/common"

# A test that ends its own worker.
for signal in TERM INT; do
  cat >worker.plan <<PLAN
test ended { run sh -c 'kill -$signal \$PPID; sleep 1000' }
test next { run true }
PLAN
  "$proctor" --no-history worker.plan >out 2>&1
  expect "status of $signal" $? 99
  expect_in out '^ERROR +worker.plan:ended'
  expect_in out 'a signal to end, which proctor has not sent'
  expect_in out '^1 passed, 1 error '
done

# One that ends the process that its layer is in: the layer has failed, while
# that test ran; it is torn down, and no other test runs in it.
cat >host.plan <<'PLAN'
layer x { setup { server = spawn sleep 1000 }; teardown { kill server SIGTERM; run touch $srcdir/down } }
test ended { uses x; run sh -c 'kill -TERM $(ps -o ppid= -p $(ps -o ppid= -p $$)); sleep 1000' }
test next { uses x; run true }
test free { run true }
PLAN
for jobs in 1 4; do
  rm -f down
  "$proctor" --no-history -j $jobs host.plan >out 2>&1
  expect "status of the layer" $? 1
  expect_in out '^FAIL +host.plan:ended'
  expect_in out 'layer was ended with a signal while it was up'
  expect_in out '^not run host.plan:next'
  expect_in out '^1 passed, 1 failed, 1 not run, 1 layer failed '
  [ -e down ] || fail "the layer was not torn down"
done

# Those that are stopped: a SIGINT ends them all the same, and all is told.
cat >worker.plan <<'PLAN'
test stopped { run sh -c 'kill -STOP $PPID; : >"$1"; sleep 1000' sh $srcdir/stopped }
PLAN
cat >host.plan <<'PLAN'
layer x { setup { run true } }
test stopped { uses x; run sh -c 'kill -STOP $(ps -o ppid= -p $(ps -o ppid= -p $$)); : >"$1"; sleep 1000' sh $srcdir/stopped }
PLAN
for plan in worker host; do
  rm -f stopped
  setsid env --default-signal=INT "$proctor" --no-history $plan.plan >out 2>&1 &
  guard=$!
  until_true test -e stopped
  kill -INT "$guard"
  wait "$guard"
  expect "status when its $plan is stopped" $? 130
  expect_in out "^stopped $plan.plan:stopped"
  expect_in out '^0 passed, 1 interrupted '
done

# Those that wait for a test, stopped when none comes any more: the run ends.
cat >stop-waiting <<'SCRIPT'
parent=$(ps -o ppid= -p "$PPID" | tr -d ' ')
until waiting=$(pgrep -x proctor-ready -P "$parent"); do sleep 0.02; done
for worker in $waiting; do kill -STOP "$worker"; done
SCRIPT
cat >worker.plan <<'PLAN'
test first { run true }
test last { run sh $srcdir/stop-waiting }
PLAN
{
  echo 'layer x { sharing shared; setup { run true } }; uses x'
  cat worker.plan
} >host.plan
for plan in worker host; do
  timeout -k 1 60 "$proctor" --no-history -j 2 $plan.plan >out 2>&1
  expect "status when those that wait in a $plan are stopped" $? 0
  expect_in out '^2 passed '
  expect_nothing_left
done
finish
