#!/bin/sh
# The log directory: kept or removed, not writable, in the way, shared.

# shellcheck disable=SC2016,SC2317 # plans; called by until_true
. "$(dirname "$0")/common"

echo 'run echo hello' >hello.plan
echo 'run sh -c "echo hello; exit 1"' >fails.plan

"$proctor" hello.plan >out 2>&1
expect "status" $? 0
[ ! -e logs ] || fail "a test that passed left its logs"

"$proctor" --keep hello.plan >out 2>&1
expect "a kept log" "$(cat logs/hello-*/hello/echo.stdout)" hello
expect_in out 'logs: .*/logs/hello-[0-9TZ]+(-[0-9]+)?/hello$'
expect_in logs/hello-*/hello/journal 'ended process=echo pid=[0-9]+ status=0'
expect "mode of the directory" "$(stat -c %a logs/hello-*/hello)" 700

# Many in the same second: each has a directory of its own.
for i in 1 2 3 4 5; do
  "$proctor" --logdir=shared fails.plan >"out.$i" 2>&1 &
done
wait
expect "directories of runs at the same time" "$(find shared -mindepth 1 -maxdepth 1 | wc -l)" 5

: >file
"$proctor" --logdir=file hello.plan >out 2>&1
expect "status with a file in the way" $? 99
expect_in out 'log directory "file'

# As somebody who may not write there.
mkdir -m 755 closed
chmod 755 "$top"
cp "$proctor" ./proctor
setpriv --reuid=65534 --regid=65534 --clear-groups \
  ./proctor --logdir=closed/logs hello.plan >out 2>&1
expect "status with a directory that is not writable" $? 99
expect_in out 'cannot make the log directory "closed/logs": Permission denied'

# A plan directory that somebody made to be a link leads nowhere.
mkdir -p linked elsewhere
for second in 0 1 2 3 4 5; do
  ln -s ../elsewhere "linked/hello-$(date -u -d "+$second seconds" +%Y%m%dT%H%M%SZ)"
done
"$proctor" --keep --logdir=linked hello.plan >out 2>&1
expect "status with links in the way" $? 0
[ -z "$(ls elsewhere)" ] || fail "logs were written through a link"
finish
