#!/bin/bash
# Bad days: no descriptors left, no new processes, no space for logs.

# shellcheck disable=SC2016,SC2317 # plans; called by until_true
. "$(dirname "$0")/common"

echo 'run sh -c "echo hello"' >hello.plan

# Whatever there is not enough for is told; nothing hangs, nothing passes.
for n in 4 5 6 7 8 9 10 12 14; do
  (ulimit -n $n && exec timeout 60 "$proctor" hello.plan) >"out.$n" 2>&1
  status=$?
  case $status in
    0 | 1 | 2 | 99 | 127) ;;
    *) fail "status $status with $n descriptors"; cat "out.$n" ;;
  esac
done
expect_in out.8 'Too many open files|passed'

# EAGAIN for fork: as a user that has as many processes as it may.
chmod 755 "$top"
cp "$proctor" ./proctor
mkdir -m 777 open
for n in 1 2 3; do
  setpriv --reuid=65533 --regid=65533 --clear-groups \
    prlimit --nproc=$n:$n ./proctor --logdir=open hello.plan >"out.$n" 2>&1
  status=$?
  case $status in
    1 | 99) expect_in "out.$n" 'Resource temporarily unavailable' ;;
    *) fail "status $status with $n processes"; cat "out.$n" ;;
  esac
done
rm -rf open

# A full disk, in a mount of our own.
cat >full.plan <<'PLAN'
run --status=any sh -c 'yes | head -c 1000000'
PLAN
unshare --mount sh -c '
  mkdir small && mount -t tmpfs -o size=64k none small || exit 98
  exec "$0" --logdir=small full.plan' "$proctor" >out 2>&1
expect "status with a full disk" $? 99
expect_in out 'no space is left for logs'

# A limit on the size of files, which the child does not tell of.
cat >limit.plan <<'PLAN'
run sh -c 'trap "" XFSZ; yes | head -c 1000000 2>/dev/null; true'
PLAN
(ulimit -f 64 && exec "$proctor" limit.plan) >out 2>&1
expect "status with a limit on the size of files" $? 99
expect_in out 'the log "sh.stdout" has all the [0-9]+ bytes that a file may have'
finish
