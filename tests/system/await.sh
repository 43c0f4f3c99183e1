#!/bin/sh
# await: what is asked of proctor-probe, and strangers on ports.

# shellcheck disable=SC2016,SC2317 # plans; called by until_true
LISTEN=$(cd "$(dirname "$0")/.." && pwd)/golden/await/parts/listen
export LISTEN
. "$(dirname "$0")/common"

# The reason of the last refusal, from a server that is there.
cat >refused.plan <<'PLAN'
port = freePort
server = spawn --daemon $LISTEN http $port 503
await tcp:127.0.0.1:$port by server
await http://127.0.0.1:$port/ within 3s
PLAN
"$proctor" refused.plan >out 2>&1
expect "status of a refusal" $? 1
expect_in out '^refused.plan:4:1: error: "http://127.0.0.1:[0-9]+/" has not answered well within 3s: HTTP status 503$'

# Its only answer takes long, and nobody hangs up on it.
cat >slow.plan <<'PLAN'
port = freePort
server = spawn --daemon $LISTEN slow $port 3
await http://127.0.0.1:$port/ by server
check server stdout == "200\n"
PLAN
"$proctor" slow.plan >out 2>&1
expect "status with a slow server" $? 0

# What is said at the end is what is so then; no answer is not a refusal.
cat >silent.plan <<'PLAN'
port = freePort
server = spawn --daemon $LISTEN tcp 127.0.0.1 $port
await tcp:127.0.0.1:$port by server
await http://127.0.0.1:$port/ within 1s
PLAN
"$proctor" --timeout-multiplier 3 silent.plan >out 2>&1
expect "status with a silent server" $? 1
expect_in out 'error: "http://127.0.0.1:[0-9]+/" has not answered well within 3s.*: connected; no answer yet$'
sed 's/await http/await not http/' silent.plan >this.plan
"$proctor" --timeout-multiplier 3 this.plan >out 2>&1
expect "status when it is not known to be gone" $? 1
expect_in out 'error: "http://127.0.0.1:[0-9]+/" is not known to be gone within 3s.*: connected; no answer yet$'

# A port that another process of the plan has, or a server of another run.
cat >other.plan <<'PLAN'
port = freePort
other = spawn --daemon $LISTEN tcp 127.0.0.1 $port
await tcp:$port by other
mine = spawn --daemon sleep 1000
await $target:$port/ by mine
PLAN
for target in tcp:127.0.0.1 tcp:localhost; do
  sed "s|\$target:\$port/|$target:\$port|" other.plan >this.plan
  "$proctor" this.plan >out 2>&1
  expect "status with another on $target" $? 1
  expect_in out "error: \"$target:[0-9]+\" is held by \"other\", not by \"mine\": .*/listen tcp 127.0.0.1 [0-9]+ \(pid [0-9]+\)"
done
# It answers nothing; that it is another is known all the same.
sed 's|$target|http://127.0.0.1|' other.plan >this.plan
"$proctor" this.plan >out 2>&1
expect "status with another that answers nothing" $? 1
expect_in out 'error: "http://127.0.0.1:[0-9]+/" is held by "other", not by "mine"'

"$LISTEN" unix other.sock &
cat >stranger.plan <<'PLAN'
spawn --daemon sleep 1000
await unix:other.sock
await unix:other.sock by sleep
PLAN
"$proctor" stranger.plan >out 2>&1
expect "status with a stranger" $? 1
expect_in out "error: \"unix:other.sock\" is held by a stranger, not by \"sleep\": .*/listen unix other.sock \(pid $!\)"

# Who that is can be hidden from us, but not that it is none of ours.
if [ "$(id -u)" = 0 ]; then
  chmod 755 "$top"
  cp "$proctor" ./proctor
  mkdir -m 777 open
  setpriv --reuid=65533 --regid=65533 --clear-groups \
    ./proctor --logdir=open stranger.plan >out 2>&1
  expect "status with a hidden stranger" $? 1
  expect_in out 'error: "unix:other.sock" is held by a stranger, not by "sleep"$'
  expect_in out 'note: we may not see who that is'
fi
kill $!
wait $! 2>/dev/null

# What was asked for is not there: trouble, not a failure of the test.
cat >url.plan <<'PLAN'
spawn --daemon sleep 1000
await http://127.0.0.1:1/
PLAN
cp "$proctor" ./alone
if ! ldd ./alone 2>/dev/null | grep -q asan; then
  ./alone url.plan >out 2>&1
  case $? in
    99) expect_in out '"http://127.0.0.1:1/" cannot be awaited: cannot execute ".*/proctor-probe"' ;;
    1) expect_in out 'has not answered well' ;; # it is installed
    *) fail "status without proctor-probe: $?" ;;
  esac
fi

# It goes with its plan, however that goes.
probes () {
  survivors | while read -r pid; do
    grep -qsxz http "/proc/$pid/cmdline" && echo "$pid"
  done
}

has_probe () {
  [ -n "$(probes)" ]
}

has_no_probe () {
  [ -z "$(probes)" ]
}

"$proctor" url.plan >out 2>&1 &
guard=$!
until_true has_probe
kill -TERM "$guard"
wait "$guard"
expect_nothing_left

"$proctor" url.plan >out 2>&1 &
guard=$!
until_true has_probe
kill -KILL "$guard"
wait "$guard"
expect_nothing_left

# One that dies is trouble too, and told.
"$proctor" url.plan >out 2>&1 &
guard=$!
until_true has_probe
kill -KILL "$(probes)"
wait "$guard"
expect "status after the probe was killed" $? 99
expect_in out '"http://127.0.0.1:1/" cannot be awaited: proctor-probe was killed by signal 9'

finish
