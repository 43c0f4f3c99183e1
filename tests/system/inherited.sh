#!/bin/sh
# What the parent of proctor has left it: closed descriptors, an ignored
# SIGCHLD, blocked and ignored signals, open descriptors, children of its own.

# shellcheck disable=SC2016,SC2317 # plans; called by until_true
. "$(dirname "$0")/common"

cat >ends.plan <<'PLAN'
test statuses {
    run --status=3 sh -c 'exit 3'
    spawn sleep 1000
    kill sleep
}
test clean {
    run sh -c 'test $(grep -cE "^Sig(Blk|Ign):.0{16}$" /proc/self/status) = 2'
    run ls -1 /proc/self/fd
    run sh -c 'printf "0\n1\n2\n3\n" | cmp - "$1"' sh $logdir/ls.stdout
}
PLAN

run () {
  what=$1
  shift
  "$@" >out 2>&1
  expect "status with $what" $? 0
}

run "an ignored SIGCHLD" env --ignore-signal=CHLD "$proctor" ends.plan
run "all ignored" env --ignore-signal "$proctor" ends.plan
run "all blocked" env --block-signal "$proctor" ends.plan
run "open descriptors" sh -c 'exec "$0" ends.plan 3</dev/null 7</dev/null 9>&1' \
  "$proctor"
run "no standard input" sh -c 'exec "$0" ends.plan <&-' "$proctor"
run "no standard error" sh -c 'exec "$0" ends.plan 2>&-' "$proctor"

# Without an output nobody can be told, which is trouble, not a pass.
sh -c 'exec "$0" ends.plan >&-' "$proctor" 2>err
expect "status with no standard output" $? 99
"$proctor" ends.plan >/dev/full 2>err
expect "status with a full output" $? 99

# Children of the program that became proctor are not its own.
sh -c 'sleep 1000 & echo $! >sleeper; exec "$0" ends.plan' "$proctor" >out 2>&1
expect "status with an inherited child" $? 0
kill -0 "$(cat sleeper)" || fail "an inherited child was ended"
kill "$(cat sleeper)"

# --stdin=inherit is what proctor itself was given.
cat >inherit.plan <<'PLAN'
run --stdin=inherit grep -qx handed
PLAN
echo handed | "$proctor" inherit.plan >out 2>&1
expect "status with --stdin=inherit" $? 0
finish
