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
expect "tests that are run again" "$(grep -c '^ok' out)" 1
expect_in out '^ok +a\.plan:bad'
run 77 --failed a.plan
expect_in errors "none of these tests failed"
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
    expect_in read 'passed +46/46'
    expect_in full 'warning: .*: No space left on device'
  fi
fi

finish
