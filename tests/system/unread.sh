#!/bin/bash
# What we tell may be read late, or never.  Nothing of it is lost as long as
# somebody reads; a signal is obeyed all the same, and the test ends with its
# cleanups.

# shellcheck disable=SC2016,SC2317 # plans; called by until_true
. "$(dirname "$0")/common"
export TOP="$top" PROCTOR_NO_HISTORY=yes PROCTOR_PROGRESS=none
unset PROCTOR_JOBS

# It tells far more than a pipe, or all that is kept, has room for.
cat >much.plan <<'PLAN'
teardown { run --stdout=$TOP/torn.$CASE echo yes }
test much {
    run sh -c 'seq 1 400000; echo > "$1/up.$2"' sh $TOP $CASE
    await file:$TOP/go.$CASE within 1h
}
PLAN
cat >many.plan <<'PLAN'
test first { file $TOP/up.$CASE "x"; await file:$TOP/go.$CASE within 1h }
for i in 1..300 {
    test "t$i" { for j in 1..40 { log "a line that is told of each test, and kept for who reads it, $j" } }
}
PLAN

# begin CASE ARGUMENT...: writes to out.fd, a descriptor of ours.
begin () {
  CASE=$1 env --default-signal=INT,TERM,HUP "$proctor" "${@:2}" \
    >&8 2>"$1.err" </dev/null 8>&- 9>&- &
  guard=$!
  until_true test -e "up.$1"
}

# A pipe that is open, and that nobody reads.
mkfifo pipe
open_pipe () {
  exec 9<>pipe
  exec 8>pipe
}

close_pipe () {
  exec 8>&- 9>&-
}

fill_pipe () {
  dd if=/dev/zero of=pipe bs=4096 oflag=nonblock status=none 2>/dev/null
}

for signal in INT:130 TERM:143 HUP:129; do
  name=${signal%:*}
  open_pipe
  begin "$name" -v much.plan
  kill -"$name" "$guard"
  wait "$guard" 2>/dev/null
  expect "status after SIG$name, unread" $? "${signal#*:}"
  expect "tear-down after SIG$name, unread" "$(cat "torn.$name")" yes
  expect_in "$name.err" 'the report to standard output could not be written: nobody reads it'
  close_pipe
  expect_nothing_left
done

# Nothing can be written from the beginning, in each kind of report.
for kind in text tap json; do
  options=
  case $kind in
    tap) options=--tap ;;
    json) options="--json=$top/pipe" ;;
  esac
  open_pipe
  fill_pipe
  # shellcheck disable=SC2086 # several, or none
  begin "full-$kind" $options much.plan
  kill -TERM "$guard"
  wait "$guard" 2>/dev/null
  expect "status after SIGTERM, with $kind and no room" $? 143
  expect "tear-down with $kind and no room" "$(cat "torn.full-$kind")" yes
  close_pipe
  expect_nothing_left
done

# When all has ended, and only the reader is waited for.
open_pipe
fill_pipe
begin ended much.plan
touch go.ended
until_true eval '! child_of "$(child_of '"$guard"' proctor-sched)" proctor-worker'
kill -TERM "$guard"
wait "$guard" 2>/dev/null
expect "status after SIGTERM, at the end" $? 143
close_pipe
expect_nothing_left

# The time for all of the run ends it, too.
open_pipe
begin limit --run-limit=1s -v much.plan
wait "$guard"
expect "status after --run-limit, unread" $? 99
expect "tear-down after --run-limit, unread" "$(cat torn.limit)" yes
close_pipe
expect_nothing_left

# A terminal that was stopped (^S).
mkfifo keys
script -qefc "exec 3>&2 2>/dev/null; CASE=terminal '$proctor' -v much.plan 2>&3 & echo \$! >guard; wait \$!; echo \"status \$?\" >ended" typescript >/dev/null 2>&1 <keys &
session=$!
exec 7>keys
until_true grep -aq 'started (pid' typescript
printf '\023' >&7
until_true test -e up.terminal
kill -TERM "$(cat guard)"
until_true test -s ended
expect "end with a terminal that was stopped" "$(cat ended)" "status 143"
expect "tear-down with a terminal that was stopped" "$(cat torn.terminal)" yes
exec 7>&-
kill "$session" 2>/dev/null
wait "$session" 2>/dev/null
expect_nothing_left

# One who reads slowly gets all of it, and no verdict is another one.
open_pipe
begin slow -v much.plan
exec 6<pipe 8>&- 9>&-
touch go.slow
cat <&6 >slow.out
wait "$guard"
expect "status of what is read late" $? 0
exec 6<&-
# A line may come in two pieces.
sed -n 's/^sh| //p' slow.out | tr -d '\n' >slow.told
seq 1 400000 | tr -d '\n' | cmp -s - slow.told || fail "not all was told to who reads late"
expect "summary of what is read late" "$(sed -n '$s/ (.*//p' slow.out)" "1 passed"
expect "errors of what is read late" "$(cat slow.err)" ""

# Of many tests, too, in each kind of report.
for kind in text tap json; do
  options=
  [ $kind != tap ] || options=--tap
  [ $kind != json ] || options="--quiet --json=$top/pipe"
  open_pipe
  # shellcheck disable=SC2086 # several, or none
  begin "many-$kind" -j 4 $options many.plan
  touch "go.many-$kind"
  exec 6<pipe 8>&- 9>&-
  cat <&6 >"many-$kind.out"
  wait "$guard"
  expect "status of many tests, with $kind" $? 0
  exec 6<&-
  expect "lines of many tests, with $kind" \
    "$(grep -c '^\(log\|.*# log\|{"event":"log"\).*a line that is told of each test' "many-$kind.out")" 12000
done

# When nobody will ever read it: an error, and no death by SIGPIPE.
open_pipe
begin gone -v much.plan
close_pipe
touch go.gone
wait "$guard"
expect "status when the reader has gone" $? 99
finish
