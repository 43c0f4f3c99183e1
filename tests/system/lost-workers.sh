#!/bin/sh
# Whichever process of ours is killed, it is an error of what it did, with all
# that is known; the rest is run, every test is told of once, nothing is left.

# shellcheck disable=SC2016,SC2317 # plans; called by until_true
. "$(dirname "$0")/common"
unset PROCTOR_JOBS
export TOP="$top" PROCTOR_NO_HISTORY=yes RUN=$$

cat >work.plan <<'PLAN'
layer base {
    sharing shared
    setup {
        server = spawn sh -c 'echo $$ >"$0/server"; exec sleep 1000' $TOP
        run sh -c 'echo base up >>"$0/marks"' $TOP
        eventually { check file $TOP/server exists }
    }
    teardown {
        run sh -c 'echo base down >>"$0/marks"' $TOP
        kill server
    }
}
layer above {
    extends base
    sharing shared
    setup { run sh -c 'echo above up >>"$0/marks"' $TOP }
    teardown { run sh -c 'echo above down >>"$0/marks"' $TOP }
}

def long {
    spawn --daemon sh -c 'echo "what is known"; echo >"$0/up.$1"; exec sleep 1000' $TOP $test
    await file:$TOP/go.$test within 1h
}

test free { long }
test layered { uses base; long }
test nested { uses above; long }
test second { uses above; lock one-$RUN; long }
test third { uses above; lock one-$RUN; run true }
test last { run true }
PLAN

are_up () {
  test -e up.free && test -e up.layered && test -e up.nested && test -e up.second
}

# parent_of PID: of a process of a test that is its worker.
parent_of () {
  ps -o ppid= -p "$1" | tr -d ' '
}

# begin CASE: four tests run at once; their workers are known by their children.
begin () {
  name=$1
  rm -f up.* go.* marks server
  "$proctor" -j 4 work.plan --json=events.json >"$name.out" 2>&1 &
  guard=$!
  until_true are_up
  until_true test -s server
}

# worker_of TEST: which has started the one process of that test.
worker_of () {
  parent_of "$(sed -n 's/.*"event":"started".*"test":"work.plan:'"$1"'".*"pid":\([0-9]*\).*/\1/p' events.json | head -n 1)"
}

# expect_told CASE VERDICT TEST...: and no test is missing.
expect_told () {
  where=$1.out
  wanted=$2
  shift 2
  for test in "$@"; do
    expect_in "$where" "^$wanted +work.plan:$test( |\$)"
  done
}

expect_all_told () {
  expect "tests that are told of after $name" \
    "$(grep -cE '^(ok|FAIL|ERROR|not run) +work.plan:' "$name.out")" 6
  expect_nothing_left
  rm -rf logs
}

begin worker
kill -KILL "$(worker_of free)"
until_true grep -q '"event":"test-end".*"test":"work.plan:free"' events.json
touch go.layered go.nested go.second
wait "$guard"
expect "status after a worker was killed" $? 99
expect_told worker ERROR free
expect_told worker ok layered nested second third last
expect_in worker.out 'the worker of this test was killed with SIGKILL'
expect "log after a worker was killed" "$(cat logs/*/free/sh.stdout)" \
  "what is known"
expect "layers after a worker was killed" "$(xargs <marks)" \
  "base up above up above down base down"
expect_all_told

begin inner
kill -KILL "$(worker_of nested)"
until_true grep -q '"event":"test-end".*"test":"work.plan:nested"' events.json
touch go.free go.layered go.second
wait "$guard"
expect "status after a worker in a layer was killed" $? 99
expect_told inner ERROR nested
expect_told inner ok free layered second third last
expect_in inner.out 'the worker of this test was killed with SIGKILL'
expect "log after a worker in a layer was killed" \
  "$(cat logs/*/nested/sh.stdout)" "what is known"
expect "layers after a worker in a layer was killed" "$(xargs <marks)" \
  "base up above up above down base down"
expect_all_told

# The host of the inner layer, below that of the outer one.
begin host
kill -KILL "$(parent_of "$(worker_of nested)")"
until_true grep -q '"event":"test-end".*"test":"work.plan:second"' events.json
touch go.free go.layered
wait "$guard"
expect "status after a host was killed" $? 99
expect_told host '(FAIL|ERROR)' nested second
expect_told host ok free layered last
expect_told host 'not run' third
expect_in host.out '^ERROR +layer work.plan:above'
expect "layers after a host was killed" "$(xargs <marks)" \
  "base up above up base down"
expect_all_told

# That of the outer one, with the inner one in it.
begin outer
kill -KILL "$(parent_of "$(cat server)")"
until_true grep -q '"event":"test-end".*"test":"work.plan:second"' events.json
touch go.free
wait "$guard"
expect "status after the host of all was killed" $? 99
expect_told outer '(FAIL|ERROR)' layered nested second
expect_told outer 'not run' third
expect_told outer ok free last
expect_in outer.out '^ERROR +layer work.plan:base'
expect_all_told

# One that is stopped goes on at once.
begin stopped
kill -STOP "$(worker_of nested)"
touch go.free go.layered go.second go.nested
wait "$guard"
expect "status after a worker was stopped" $? 99
expect_told stopped ERROR nested
expect_told stopped ok free layered second third last
expect_all_told
finish
