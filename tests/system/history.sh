#!/bin/bash
# The history: where it is, what it tells, and that no trouble with it loses a run.

. "$(dirname "$0")/common"

unset PROCTOR_HISTORY PROCTOR_NO_HISTORY
export XDG_STATE_HOME=$top/state TZ=UTC
history=$top/state/proctor/history.sqlite

# run STATUS ARGUMENT...: what is told goes to "out" and "errors".
run () {
  wanted=$1
  shift
  "$proctor" run "$@" >out 2>errors
  expect "status of run $*" $? "$wanted"
}

# asks STATUS ARGUMENT...
asks () {
  wanted=$1
  shift
  "$proctor" history "$@" >out 2>errors
  expect "status of history $*" $? "$wanted"
}

# n_results FILE:TEST
n_results () {
  "$proctor" history "$@" | grep -cE '^  [0-9]{4}-'
}

cat >a.plan <<'PLAN'
test good { run true }
test bad { if file broken { run false } else { run true } }
PLAN

# Before the first run.
asks 2
expect_in errors 'there is no history in ".*/state/proctor/history.sqlite" yet'

# Where it is, and who may read it.
umask 000
run 0 a.plan
umask 022
expect "warnings" "$(cat errors)" ""
expect "modes" "$(stat -c %a state/proctor "$history" | xargs)" "700 600"
expect "files" "$(ls state/proctor)" history.sqlite

env -u XDG_STATE_HOME HOME="$top/home" "$proctor" a.plan >/dev/null
expect "files below HOME" "$(find home -type f)" \
  home/.local/state/proctor/history.sqlite
env -u XDG_STATE_HOME -u HOME "$proctor" a.plan >out 2>errors
expect "status without HOME" $? 0
expect "what is said without HOME" "$(cat errors)" ""
run 0 --history=other a.plan
expect "results in another file" "$(n_results --history=other a.plan:good)" 1
before=$(md5sum "$history")
run 0 --no-history a.plan
expect "history of which nothing is wanted" "$(md5sum "$history")" "$before"
"$proctor" run - <a.plan >/dev/null
expect "history after standard input" "$(md5sum "$history")" "$before"

# Rounds are results each; a link is the same plan.
run 0 --repeat=3 a.plan:good
ln -s a.plan b.plan
run 0 b.plan:good
expect "results" "$(n_results a.plan:good)" 5
expect "results of the other" "$(n_results a.plan:bad)" 1

# What it tells.
touch broken
run 1 a.plan
asks 0
expect "sections" "$(sed -n 's/^\([^ ].*\):.*/\1/p' out | xargs)" "slowest newly failing"
expect_in out '^  20[0-9-]{8} [0-9:]{8} +1  a\.plan:bad$'
asks 0 a.plan
expect_in out '^  failed +[0-9.]+s +[0-9.]+s +1/2 +\.F  a\.plan:bad$'
expect_in out '^  passed +[0-9.]+s +[0-9.]+s +6/6 +\.{6}  a\.plan:good$'
asks 0 a.plan:bad
expect "verdicts" "$(awk '/^  2/ { print $3, $4 }' out | xargs)" \
  "passed 1 failed 1"
asks 2 a.plan:god
expect_in errors 'did you mean "good"'
asks 2 no-such.plan
expect_in errors 'knows no test of "no-such.plan"'

# Many at once.
for ((i = 0; i < 8; i++)); do
  for ((j = 0; j < 5; j++)); do
    "$proctor" a.plan:good >/dev/null 2>>errors || fail "run $i $j"
  done &
done
wait
expect "results of many" "$(n_results a.plan:good)" 46

# Trouble is a warning; the run goes on, and nothing is overwritten.
# in_vain WHAT REASON: as in_vain.db is now
in_vain () {
  before=$(md5sum in_vain.db 2>&1)
  run 1 --history=in_vain.db a.plan
  expect_in out '1 failed'
  expect_in errors "^proctor: warning: cannot write the history .*: $2\$"
  expect_in errors '^proctor: note: .*--no-history'
  expect "file with $1" "$(md5sum in_vain.db 2>&1)" "$before"
  asks 99 --history=in_vain.db a.plan
  expect_in errors "cannot read the history .*: $2\$"
  rm -rf in_vain.db
}

mkdir in_vain.db
in_vain "directory" "it is no regular file"
mkfifo in_vain.db
before=
"$proctor" run --history=in_vain.db a.plan >out 2>errors
expect "status with a FIFO" $? 1
expect_in errors "it is no regular file"
rm in_vain.db
echo "this is a text, longer than a header" >in_vain.db
in_vain "text" "it is no database"
head -c 4096 "$history" >in_vain.db
in_vain "damage" "it is damaged"
cp "$history" in_vain.db
printf '\0\0\3\350' | dd of=in_vain.db bs=1 seek=60 conv=notrunc status=none
in_vain "newer file" "a newer proctor has made it"

run 1 --history=no/such/directory/db a.plan
expect_in errors 'No such file or directory'

# Those that failed.
rm broken
run 0 --failed a.plan
expect_in out '^--failed: 1 of 2 tests \(1 failed\)$'
expect "tests that are run again" "$(grep -c '^ok' out)" 1
expect_in out '^ok +a\.plan:bad'
run 0 --failed a.plan
expect "what is told when none failed" "$(head -n 1 out)" \
  "--failed: 0 of 2 tests (none failed when it was run last)"
expect "tests that ran when none failed" "$(grep -c '^ok' out)" 0

# What the history does not know is run: it hides no failure that it is new, was
# lost or damaged, or that there is none.
touch broken
# runs_all HOW ARGUMENT...
runs_all () {
  run 1 "${@:2}" --failed a.plan
  expect_in out "^--failed: $1\$"
  expect_in out '^FAIL +a\.plan:bad'
  expect_in out '^ok +a\.plan:good'
}
runs_all '2 of 2 tests \(2 not in the history\)' --history=new.db
run 1 --failed --history=new.db a.plan
expect_in out '^--failed: 1 of 2 tests \(1 failed\)$'
: >empty.db
runs_all '2 of 2 tests \(2 not in the history\)' --history=empty.db
head -c 4096 "$history" >damaged.db
runs_all '2 of 2 tests \(2 not in the history\)' --history=damaged.db
expect_in errors 'warning: cannot read the history .*: it is damaged$'
PROCTOR_NO_HISTORY=1 runs_all 'all tests, 2 \(no history is kept\)'
"$proctor" --failed - <a.plan >out 2>&1
expect "status of --failed of what has no path" $? 1
expect_in out '2 not in the history'
expect "those that are listed" \
  "$("$proctor" list --failed --history=no-such.db a.plan | wc -l)" 2

# Tests that are new, and a plan of which nothing has been seen.
rm broken
run 0 a.plan
for ((i = 1; i <= 3; i++)); do
  echo "test new$i { run true }" >>a.plan
done
# shellcheck disable=SC2016 # a plan
echo 'for i in 1 2 { test each$i { run sh -c "exit $i" } }' >b2.plan
run 1 --failed a.plan b2.plan
expect_in out '^--failed: 5 of 7 tests \(5 not in the history\)$'
expect "verdicts of what is new" "$(sed -n 's/^\([okFAIL]*\) .*:\([a-z]*[0-9]\).*/\1 \2/p' out | xargs)" \
  "ok new1 ok new2 ok new3 FAIL each1 FAIL each2"
sed -i 's/test new3/test renamed3/' a.plan
run 0 --failed -k 3 a.plan
expect_in out '^--failed: 1 of 1 test \(1 not in the history\)$'
# Each part runs its own; a part in which there is nothing to do passes.
run 1 --failed --shard=1/1 a.plan b2.plan
expect_in out '^--failed: 2 of 7 tests \(2 failed\)$'
expect_in out '^shard 1 of 1: 2 of 2 tests$'
run 0 --failed --shard=1/2 a.plan
expect_in out '^shard 1 of 2: 0 of 0 tests$'

# For make, a plan of which nothing had to be run was skipped.
"$proctor" driver --test-name a --log-file a.log --trs-file a.trs -- --failed a.plan >out 2>&1
expect "status of the driver with nothing to run" $? 0
expect_in a.trs '^:test-result: SKIP '
expect_in a.trs '^:global-test-result: SKIP$'

# Reports tell of a run of no tests, too.
"$proctor" --failed --tap --junit=none.xml --json=none.json a.plan >tap 2>errors
expect "status of no tests with all reports" $? 0
expect "TAP of no tests" "$(sed -n 2p tap)" "1..0"
expect_in none.xml '^<testsuites />'
expect_in none.json '"tests":0'

# One that was interrupted has neither passed nor failed: it is run again.
cat >hangs.plan <<'PLAN'
test hangs { log "it hangs"; if file "$builddir/hang" { run sleep 1000 } }
test waits { run true }
PLAN
run 0 hangs.plan
touch hang
# shellcheck disable=SC2016 # for the other shell
"$proctor" -v hangs.plan >hangs.out 2>&1 &
until_true grep -qs 'it hangs' hangs.out
kill -TERM $!
wait $!
rm hang
asks 0 hangs.plan:hangs
expect "verdicts of what was interrupted" "$(awk '/^  2/ { print $3, $4 }' out | xargs)" \
  "passed 1 interrupted 1"
run 0 --failed hangs.plan
expect_in out '^--failed: 1 of 2 tests \(1 interrupted\)$'
expect_in out '^ok +hangs\.plan:hangs'
touch broken

# A directory that cannot be written; it can be read.
mkdir frozen
cp "$history" frozen/db
if unshare -m true 2>/dev/null; then
  # shellcheck disable=SC2016 # for the other shell
  unshare -m sh -c 'mount --bind frozen frozen && mount -o remount,bind,ro frozen \
    || exit 0
    "$1" run --history=frozen/db a.plan >out 2>errors
    echo $? >status
    "$1" history --history=frozen/db a.plan:good >read 2>&1
    echo $? >>status
    umount frozen && mount -t tmpfs -o size=4k tmpfs frozen || exit 0
    "$1" run --history=frozen/db a.plan >out 2>full
    echo $? >>status' sh "$proctor"
  if [ -e status ]; then
    expect "statuses where nothing can be written" "$(xargs <status)" "1 0 1"
    expect_in errors 'warning: .*: it cannot be changed'
    expect_in read 'passed +47/47'
    expect_in full 'warning: .*: No space left on device'
  fi
fi

finish
