#!/bin/sh
# Where /proc does not show what tests start, no test is run, and the reason is
# told; where it hides some of it, that is ended all the same.

. "$(dirname "$0")/common"

cat >started.plan <<PLAN
run touch $top/started
PLAN

# refused REASON COMMAND...
refused () {
  reason=$1
  shift
  "$@" >out 2>&1
  expect "status where $reason" $? 99
  expect_in out "^proctor: error: what the tests start could not be found again: $reason"
  expect_in out '^proctor: note: no test is run'
  [ -e started ] && fail "a test was run where $reason"
}

# The sanitizers themselves do not work without /proc.
if ! is_sanitized && unshare -rm true 2>/dev/null; then
  # shellcheck disable=SC2016 # for the other shell
  refused '/proc is not mounted$' unshare -rm sh -c '
    mount -t tmpfs none /proc && exec "$0" --no-history started.plan' "$proctor"
fi
if unshare -rpf true 2>/dev/null; then
  refused '/proc is that of another PID namespace$' \
    unshare -rpf "$proctor" --no-history started.plan
  unshare -rpf --mount-proc "$proctor" --no-history started.plan >out 2>&1
  expect "status with a /proc of the namespace" $? 0
  rm started
fi

# A program that its user cannot read is hidden from that user.
[ "$(id -u)" = 0 ] || finish
chmod 755 .
cp "$(command -v sleep)" hidden
chmod 111 hidden
mkdir -m 777 free
cat >left.plan <<PLAN
run sh -c '$top/hidden 100 & echo \$! >$top/free/pid'
PLAN
cp "$proctor" ./program
chmod 755 program
chmod 644 left.plan
# shellcheck disable=SC2016 # for the other shell
unshare -pf --mount-proc sh -c '
  mount -t proc -o hidepid=invisible proc /proc \
    || mount -t proc -o hidepid=2 proc /proc || exit 77
  env -u SYSTEM_TEST setpriv --reuid=65534 --regid=65534 --clear-groups \
    ./program --no-history --logdir=free/logs left.plan
  echo "status $?"
  kill -0 "$(cat free/pid)" 2>/dev/null && echo "it lives"
  true' >out 2>&1
[ $? = 77 ] && finish
expect_in out '^status 1$'
expect_in out '1 process was left behind$'
grep 'it lives' out && fail "what was hidden was left behind"
finish
