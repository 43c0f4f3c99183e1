#!/bin/bash
# Bad days: no descriptors left, no new processes, no space for logs.

# shellcheck disable=SC2016,SC2317 # plans; called by until_true
. "$(dirname "$0")/common"

echo 'run sh -c "echo hello"' >hello.plan

cat >layer.plan <<'PLAN'
layer l { sharing shared; setup { run true } }
for i in 1..2 { test t$i { uses l; s = spawn --stdin=pipe cat; close s; wait s 0 } }
PLAN
(
  echo 'test many {'
  for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    echo "  p$i = spawn --daemon --stdin=pipe sh -c 'echo up; cat'"
    echo "  expect p$i up"
  done
  echo '}'
) >many.plan

# either_way WHAT FILE STATUS REASON: all passed, or it says why not, and no
# test has failed for that.
either_way () {
  case $3 in
    0) expect_in "$2" ' passed ' ;;
    99) expect_in "$2" "$4" ;;
    *) fail "status $3 with $1"; cat "$2" ;;
  esac
  grep -E 'GLib|SIGTRAP|^FAIL' "$2" && fail "with $1"
  expect_nothing_left
}

# What sanitizers need for themselves is not there: libraries, threads.
least=0
if is_sanitized; then
  least=4
  export ASAN_OPTIONS=detect_leaks=0
fi

# Few descriptors.
for n in 0 1 2 3 4 5 6 7 8 9 10 12 14 16 20 24 26 27 28 30 32 36 40; do
  [ $n -ge $least ] || continue
  plans=hello
  [ $n -lt 26 ] || plans='hello layer many'
  for plan in $plans; do
    timeout 60 prlimit --nofile="$n" "$proctor" --no-history -j 4 "$plan.plan" >out 2>&1
    either_way "$n descriptors" out $? 'too few files can be|Too many open files'
  done
done

# Few processes, for a user of whom there are no others.
user=$((61000 + $$ % 4000))
chmod 755 "$top"
cp "$proctor" ./proctor
cp "${top_builddir:?}/tests/system/odd" ./odd
cp "$(dirname "$proctor")/proctor-probe" ./proctor-probe
chmod 755 proctor odd proctor-probe
mkdir -m 777 open
as_user () {
  setpriv --reuid=$user --regid=$user --clear-groups prlimit --nproc="$1" \
    ./proctor --no-history -v --logdir=open/logs "$2"
}
for n in 1 3 4 5 6 8; do
  plans=hello
  [ $n -lt 5 ] || plans='hello layer'
  for plan in $plans; do
    as_user "$n" "$plan.plan" >out 2>&1
    either_way "$n processes" out $? 'Resource temporarily unavailable'
  done
done

# None for a moment: that is waited for.  A child, the program that asks for
# http, a worker of a layer, and the scheduler.
cat >child.plan <<PLAN
hog = spawn $top/odd hog \$tmp/release
expect hog full
file "\$tmp/release" ""
run true
kill hog
PLAN
sed '/^run true/s/.*/await not http:\/\/127.0.0.1:1\//' child.plan >helper.plan
cat >worker.plan <<PLAN
layer l {
    setup {
        hog = spawn $top/odd hog \$tmp/release
        expect hog full
        file "\$tmp/release" ""
    }
    teardown { kill hog }
}
test in-it { uses l; run true }
PLAN
for plan in child helper worker; do
  as_user 20 $plan.plan >out 2>&1
  expect "status when there are no processes for a moment ($plan)" $? 0
  grep -q '^1 passed' out || cat out
  [ $plan = helper ] \
    || expect "how often it was told ($plan)" "$(grep -c 'spawn true' out)" 1
done
setpriv --reuid=$user --regid=$user --clear-groups prlimit --nproc=20 \
  ./odd hog open/release >full &
hog=$!
until_true grep -q full full
as_user 20 hello.plan >out 2>&1 &
run=$!
until_true pgrep -u $user -x proctor >/dev/null
touch open/release
wait $run
expect "status when there is no process to begin with" $? 0
kill $hog
wait $hog 2>/dev/null
rm -rf open

# A report that cannot be written is told by standard error.
"$proctor" --no-history hello.plan >&- 2>out
expect "status with standard output closed" $? 99
expect_in out '^proctor: error: the report to standard output could not be written: Bad file'
"$proctor" --no-history --json=/dev/full hello.plan >/dev/null 2>out
expect "status with a report to a full device" $? 99
expect_in out '^proctor: error: the report to "/dev/full" could not be written: No space'

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
