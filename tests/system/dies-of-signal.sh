#!/bin/sh
# After SIGINT, SIGQUIT, SIGTERM or SIGHUP proctor cleans up, reports, and dies
# of that signal itself: so that a loop of a shell around it ends, too.  Plans
# say how it is to end: a shell shows 130 in both cases.

# shellcheck disable=SC2016,SC2317 # plans; called by until_true
. "$(dirname "$0")/common"
export TOP="$top" PROCTOR="$proctor" PROCTOR_NO_HISTORY=yes PROCTOR_PROGRESS=none

cat >long.plan <<'PLAN'
teardown { run --stdout=$TOP/torn.$CASE echo yes }
test long {
    spawn sh -c 'echo > "$1/up.$2"; exec sleep 1000' sh $TOP $CASE
    wait sh any within 1h
}
PLAN
cat >never.plan <<'PLAN'
teardown { run sh -c 'trap "" TERM INT; echo >"$1/down.$2"; while :; do sleep 0.05; done' sh $TOP $CASE }
test never {
    file $TOP/up.$CASE "x"
    await file:$TOP/none within 1h
}
PLAN

cat >outer.plan <<'PLAN'
cd $TOP

def dies signal status {
    env CASE=$test
    p = spawn $PROCTOR long.plan
    await file:$TOP/up.$test
    id = pid p
    run kill -$signal $id
    wait p $status
    check file $TOP/torn.$test == "yes\n"
    check p stdout contains "1 interrupted"
}
test int { dies INT SIGINT }
test term { dies TERM SIGTERM }
test hup { dies HUP SIGHUP }
test quit { dies QUIT SIGINT }

# The first one counts; the second SIGINT ends all at once.
test twice {
    env CASE=$test
    p = spawn $PROCTOR never.plan
    await file:$TOP/up.$test
    signal -TERM p
    await file:$TOP/down.$test
    signal -INT p
    wait p SIGTERM
}

# One that came to the scheduler.
test scheduler {
    env CASE=$test
    p = spawn $PROCTOR long.plan
    await file:$TOP/up.$test
    id = pid p
    run pkill -TERM -P $id -x proctor-sched
    wait p SIGTERM
}

# Whose reports cannot be written.
test full {
    env CASE=$test
    p = spawn --stdout=/dev/full $PROCTOR long.plan
    await file:$TOP/up.$test
    signal -INT p
    wait p SIGINT
}

# A loop of a shell ends, at a terminal and at its end.
test loop {
    env CASE=$test
    loop = spawn --pty bash -c 'for i in 1 2; do "$0" -v long.plan; echo "round $i"; done; echo "still here"' $PROCTOR
    expect loop 'started \(pid'
    send loop "\x03"
    wait loop SIGINT within 8s
    check not loop stdout contains "round"
}

# What was ignored when it began stays ignored.
test ignored {
    env CASE=$test
    p = spawn sh -c 'trap "" INT HUP QUIT; exec "$0" long.plan' $PROCTOR
    await file:$TOP/up.$test
    signal -INT p
    signal -HUP p
    signal -QUIT p
    signal -TERM p
    wait p SIGTERM
}

# As automake's test driver it writes the results before.
test driver {
    env CASE=$test
    p = spawn $PROCTOR driver --test-name long --log-file $tmp/log --trs-file $tmp/trs -- long.plan
    await file:$TOP/up.$test
    signal -INT p
    wait p SIGINT
    check file $tmp/trs contains ":test-result: ERROR"
    check file $tmp/trs contains ":global-test-result:"
    check file $tmp/log contains "1 interrupted"
}
PLAN

# The tests of this directory may be run with any of them ignored.
env --default-signal=INT,QUIT,TERM,HUP "$proctor" -j 4 outer.plan >out 2>&1
expect "status" $? 0
[ $failed = 0 ] || cat out
ls core* 2>/dev/null && fail "there is a core dump"

# begin COMMAND...: long.plan, below it.
begin () {
  rm -f up.* torn.*
  CASE=here env --default-signal=INT,QUIT,TERM,HUP "$@" "$proctor" long.plan \
    >here.out 2>&1 &
  outermost=$!
  until_true test -e up.here
}

# As the first process of a container, whom no signal kills.
if unshare --map-root-user --pid --fork --mount-proc true 2>/dev/null; then
  begin unshare --map-root-user --pid --fork --mount-proc
  kill -TERM "$(child_of "$outermost" proctor)"
  wait "$outermost"
  expect "status of a container" $? 143
  expect_in here.out '^0 passed, 1 interrupted'
  expect_nothing_left
fi

# The terminal is gone, and nothing can be told any more.
rm -f up.* torn.*
cat >session <<'SCRIPT'
trap : HUP
CASE=here env --default-signal=HUP "$1" -v long.plan
echo "status $?" >ended
SCRIPT
script -qefc "sh session $proctor" typescript >/dev/null 2>&1 </dev/null &
session=$!
until_true test -e up.here
guard=$(survivors | while read -r pid; do
  case $(ps -o comm=,args= -p "$pid") in
    proctor\ *-v\ long.plan) echo "$pid" ;;
  esac
done)
kill -KILL "$session"
wait "$session" 2>/dev/null
kill -HUP "$guard"
until_true test -s ended
expect "end without a terminal" "$(cat ended)" "status 129"
finish
