#!/bin/sh
# A worker whose test has passed runs the next one, if it is as it was before;
# one whose test has not, never.

# shellcheck disable=SC2016 # plans
. "$(dirname "$0")/common"
unset PROCTOR_JOBS
export TOP="$top" PROCTOR_NO_HISTORY=yes

# A test notes its worker, which is the parent of its process.
cat >note.plan <<'PLAN'
def note { run sh -c 'echo "$1 $PPID" >>"$0/workers"' $TOP $test }
PLAN

# plan FILE: from standard input.
plan () {
  { echo 'include "note.plan"'; cat; } >"$1"
}

# run STATUS ARGUMENT...
run () {
  rm -rf workers logs
  wanted=$1
  shift
  "$proctor" run "$@" >out 2>&1
  expect "status of $*" $? "$wanted"
  expect_nothing_left
}

# worker_of TEST
worker_of () {
  sed -n "s/^$1 //p" workers
}

n_workers () {
  cut -d' ' -f2 workers | sort -u | wc -l
}

# expect_same TEST TEST, expect_other TEST TEST
expect_same () {
  expect "worker of $2, after that of $1" "$(worker_of "$2")" "$(worker_of "$1")"
}

expect_other () {
  [ "$(worker_of "$1")" != "$(worker_of "$2")" ] \
    || fail "$2 has run in the worker of $1"
}

# --- Those that pass ---

plan pass.plan <<'PLAN'
test a { note }
test b { requires file /nowhere; note }
test c { note; server = spawn sleep 1000; kill server }
test d { note; log d; defer { log deferred } }
test e { note; port = freePort; file $tmp/f $port }
PLAN
i=0
while [ $i -lt 40 ]; do
  i=$((i + 1))
  echo "test t$i { note }"
done >>pass.plan
run 0 -j 1 pass.plan
expect "tests that have run" "$(wc -l <workers)" 44

# While the logs of one are removed the next one runs already: a few workers
# take turns.
[ "$(n_workers)" -le 8 ] || fail "44 tests in turn in $(n_workers) workers"

# --- Those that do not ---

plan fail.plan <<'PLAN'
test failed { note; run false }
test after1 { note }
test after2 { note }
test exits { note; spawn --daemon sh -c 'exit 3'; check active == 0 }
test after3 { note }
test after4 { note }
PLAN
run 1 -j 1 fail.plan
expect "tests that have run" "$(wc -l <workers)" 6
for test in after1 after2 exits after3 after4; do
  expect_other failed $test
done
for test in after3 after4; do
  expect_other exits $test
done

# Tried again, in another one.
plan again.plan <<'PLAN'
test twice { note; run sh -c 'test $(wc -l <"$0/workers") = 2' $TOP }
PLAN
run 0 --retries=1 again.plan
expect "workers of a test that is tried again" "$(n_workers)" 2

# --- In a layer ---

plan layer.plan <<'PLAN'
layer base {
    setup { run sh -c 'echo "host $PPID" >>"$0/workers"' $TOP }
}
layer above {
    extends base
    setup { run sh -c 'echo "inner $PPID" >>"$0/workers"' $TOP }
}
test in1 { uses base; note }
test in2 { uses base; note }
test failed { uses base; note; run false }
test after1 { uses base; note }
test after2 { uses base; note }
test up1 { uses above; note }
test up2 { uses above; note }
test free { note }
PLAN
run 1 -j 1 layer.plan
expect "tests and layers that have run" "$(wc -l <workers)" 10
expect_same in1 in2
expect_same in2 failed
expect_other failed after1
expect_same after1 after2
expect_other after2 up1
expect_same up1 up2
for test in in1 after1 up1 free; do
  expect_other host $test
done
for test in up1 free; do
  expect_other inner $test
done
for test in in1 after1 up1; do
  expect_other $test free
done

# --- Many ---

# What one leaves open would be seen by the last of them: the descriptors of a
# worker, of its parent, the scheduler, and the processes that nobody reaped.
{
  echo 'include "note.plan"'
  echo 'def count name {
    run sh -c "ls /proc/\$PPID/fd | wc -l >\$0/fds.\$1
      ls /proc/\$(ps -o ppid= -p \$PPID | tr -d \" \")/fd | wc -l >\$0/scheduler.\$1
      ps -o stat= --ppid \$(ps -o ppid= -p \$PPID) | grep -c Z >\$0/zombies.\$1 || true" $TOP $name
}'
  i=0
  while [ $i -lt 1500 ]; do
    i=$((i + 1))
    case $i in
      10 | 1490) echo "test t$i { note; count $i }" ;;
      *) echo "test t$i { note }" ;;
    esac
  done
} >many.plan
run 0 -j 1 many.plan
expect_in out '^1500 passed'
expect "tests that have run" "$(wc -l <workers)" 1500

# A few more or less, as there are more workers or fewer at that moment.
# expect_few WHAT
expect_few () {
  [ "$(cat "$1.1490")" -le "$(($(cat "$1.10") + 10))" ] \
    || fail "$1: $(cat "$1.10") at first, $(cat "$1.1490") at last"
}
expect_few fds
expect_few scheduler
expect_few zombies
[ "$(n_workers)" -le 10 ] || fail "1500 tests in $(n_workers) workers"

run 0 -j 3 many.plan
expect_in out '^1500 passed'
[ "$(n_workers)" -le 30 ] || fail "1500 tests at once in $(n_workers) workers"
expect "logs" "$(ls logs 2>/dev/null)" ""
finish
