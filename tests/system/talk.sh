#!/bin/sh
# Terminals are hung up at the end of the test, and what is written then is
# kept; a pidfile that names a stranger is no reason to wait.

# shellcheck disable=SC2016 # plans and their shells
manual=$(cd "$(dirname "$0")/../golden/manual" && pwd) || exit 99
. "$(dirname "$0")/common"

# A shell that takes no notice of SIGTERM, as those that talk with people.
cat >hang-up.plan <<'PLAN'
test hang-up {
    p = spawn --pty --daemon sh -c '
        trap "" TERM
        trap "echo last words; echo >$1/hung-up; exit 0" HUP
        echo ready
        read line' sh $TOP
    expect p 'ready'
}
test deaf {
    p = spawn --pty --daemon sh -c '
        trap "" HUP
        trap "echo >$1/ended; exit 0" TERM
        echo ready
        while :; do sleep 0.01; done' sh $TOP
    expect p 'ready'
}
PLAN
TOP=$top "$proctor" --keep hang-up.plan >out 2>&1 || fail "$(cat out)"
[ -e hung-up ] || fail "nobody hung up"
[ -e ended ] || fail "no SIGTERM came after the hang-up"
cat logs/*/hang-up/p.stdout >log
expect_in log '^last words'

# The group in the foreground, that of a job, is told too.
cat >job.plan <<'PLAN'
test job {
    p = spawn --pty --daemon bash --norc -i
    send p "sh -c 'trap \"echo >$TOP/job; exit 0\" HUP; echo re\"\"ady; while :; do sleep 0.01; done'\n"
    expect p 'ready'
}
PLAN
TOP=$top "$proctor" job.plan >out 2>&1 || fail "$(cat out)"
[ -e job ] || fail "the job was not hung up"

# A stranger.
echo $$ >stranger.pid
cat >stranger.plan <<'PLAN'
test stranger {
    d = adopt pidfile "$TOP/stranger.pid"
    kill d
}
PLAN
TOP=$top "$proctor" stranger.plan >out 2>&1
expect status $? 1
expect_in out "names pid $$, which is not a process of this test: .*talk.sh"

# Nobody outlives proctor, adopted or not.
cat >killed.plan <<'PLAN'
test killed {
    run sh -c 'setsid sleep 1000 & echo $! >$1/d.pid' sh $TOP
    d = adopt pidfile "$TOP/d.pid"
    p = spawn --pty sh -c 'echo >$1/up; exec cat' sh $TOP
    wait p 0
    kill d
}
PLAN
TOP=$top "$proctor" killed.plan >out 2>&1 &
guard=$!
until_true test -e up
kill -KILL $guard
wait $guard 2>/dev/null
expect_nothing_left

# What is shared with another user, as the manual has it.
if [ "$(id -u)" = 0 ]; then
  "$proctor" "$manual/users.plan" >out 2>&1 || fail "$(cat out)"
  expect_in out '^1 passed'
fi

# Through a pipe, a terminal: a program that talks.
if command -v bc >/dev/null; then
  cat >bc.plan <<'PLAN'
test bc {
    bc = spawn --stdin=pipe bc -q
    for i in 1..20 {
        send bc "$i * $i\n"
        expect bc '^(\d+)\n' -> square$i
    }
    check $square20 == 400
    close bc
    wait bc 0

    tty = spawn --pty bc -q
    send tty "6 * 7\n"
    expect tty '42\r\n'
    send tty "quit\n"
    wait tty 0
}
PLAN
  "$proctor" bc.plan >out 2>&1 || fail "$(cat out)"
fi
finish
