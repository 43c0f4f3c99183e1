#!/bin/sh
# A worker or a layer that somebody else ends or stops is never a pass, and
# never a hang; no test is lost.

# shellcheck disable=SC2016,SC2317 # plans; called by until_true
. "$(dirname "$0")/common"

# A test that ends its own worker.
for signal in TERM INT; do
  cat >worker.plan <<PLAN
test ended { run sh -c 'kill -$signal \$PPID; sleep 1000' }
test next { run true }
PLAN
  "$proctor" --no-history worker.plan >out 2>&1
  expect "status of $signal" $? 99
  expect_in out '^ERROR +worker.plan:ended'
  expect_in out 'a signal to end, which proctor has not sent'
  expect_in out '^1 passed, 1 error '
done

# One that ends the process that its layer is in: the layer has failed, while
# that test ran; it is torn down, and no other test runs in it.
cat >host.plan <<'PLAN'
layer x { setup { server = spawn sleep 1000 }; teardown { kill server SIGTERM; run touch $srcdir/down } }
test ended { uses x; run sh -c 'kill -TERM $(ps -o ppid= -p $(ps -o ppid= -p $$)); sleep 1000' }
test next { uses x; run true }
test free { run true }
PLAN
for jobs in 1 4; do
  rm -f down
  "$proctor" --no-history -j $jobs host.plan >out 2>&1
  expect "status of the layer" $? 1
  expect_in out '^FAIL +host.plan:ended'
  expect_in out 'layer was ended with a signal while it was up'
  expect_in out '^not run host.plan:next'
  expect_in out '^1 passed, 1 failed, 1 not run, 1 layer failed '
  [ -e down ] || fail "the layer was not torn down"
done

# Those that are stopped go on at once, and the test that did it is in error.
cat >stop-host <<'SCRIPT'
kill -STOP "$(ps -o ppid= -p "$PPID")"
SCRIPT
for signal in STOP TSTP; do
  echo "test stopped { run sh -c 'kill -$signal \$PPID; sleep 0.1' }" >worker.plan
  echo "layer x { setup { run true } }; uses x; include \"worker.plan\"" >layered.plan
  for plan in worker layered; do
    timeout -k 1 60 "$proctor" --no-history $plan.plan >out 2>&1
    expect "status when a $plan is sent $signal" $? 99
    expect_in out "^ERROR +$plan.plan:stopped"
    expect_in out "the process that runs this test was (stopped with|sent) SIG$signal, which proctor has not sent"
    expect_in out '^0 passed, 1 error '
    expect_nothing_left
  done
done
cat >host.plan <<'PLAN'
layer x { sharing shared; setup { run true } }
test stopped { uses x; run sh $srcdir/stop-host }
test next { uses x; run true }
PLAN
timeout -k 1 60 "$proctor" --no-history host.plan >out 2>&1
expect "status when a host is stopped" $? 99
expect_in out '^ERROR +host.plan:stopped'
expect_in out 'was stopped with SIGSTOP, which proctor has not sent'
expect_in out '^1 passed, 1 error '
expect_nothing_left

# In its set-up it is an error of the layer.
echo "layer x { setup { run sh -c 'kill -STOP \$PPID; sleep 0.1' } }; test t { uses x; run true }" >host.plan
timeout -k 1 60 "$proctor" --no-history host.plan >out 2>&1
expect "status when a set-up stops its host" $? 99
expect_in out '^ERROR +layer host.plan:x'
expect_in out 'the process that runs this layer was stopped with SIGSTOP'
expect_nothing_left

# Again and again: it is lost.
cat >worker.plan <<'PLAN'
test stopped { run sh -c 'while :; do kill -STOP $PPID; done' }
test next { run true }
PLAN
timeout -k 1 60 "$proctor" --no-history worker.plan >out 2>&1
expect "status when a worker is stopped again and again" $? 99
expect_in out '^ERROR +worker.plan:stopped'
expect_in out 'stopped again and again by somebody else, and was killed'
expect_in out '^1 passed, 1 error '
expect_nothing_left

# The scheduler goes on, too, and so does the guard; no test is to blame.
cat >level.plan <<'PLAN'
test stops { run sh -c 'pid=$PPID; for i in $(seq $0); do pid=$(ps -o ppid= -p $pid); done; kill -$1 $pid; sleep 0.1' $LEVEL $SIGNAL }
test next { run true }
PLAN
for level in 1 2; do
  for signal in STOP TSTP; do
    [ $level$signal != 2TSTP ] || continue # as ^Z
    LEVEL=$level SIGNAL=$signal timeout -k 1 60 "$proctor" --no-history level.plan >out 2>&1
    expect "status when level $level is sent $signal" $? 0
    expect_in out '^2 passed '
    expect_nothing_left
  done
done

# When all is stopped and goes on, no test is to blame.
cat >all.plan <<'PLAN'
layer x { sharing shared; setup { run true } }
test one { uses x; run sh -c ': >$0/up.one; until test -e $0/go; do sleep 0.02; done' $srcdir }
test two { run sh -c ': >$0/up.two; until test -e $0/go; do sleep 0.02; done' $srcdir }
PLAN
both_up () {
  test -e up.one && test -e up.two
}
levels () {
  survivors | while read -r pid; do
    case $(ps -o comm= -p "$pid") in
      proctor*) echo "$pid" ;;
    esac
  done
}
# The guard goes before the scheduler: it would go on with that.  The workers may
# go before both, and are woken then.
for first in guard workers; do
  rm -f up.* go
  setsid "$proctor" --no-history -j 2 all.plan >out 2>&1 &
  guard=$!
  until_true both_up
  all=$(levels)
  scheduler=$(child_of "$guard" proctor-sched)
  for pid in $(echo "$all" | grep -vxF -e "$guard" -e "$scheduler"); do
    [ $first = workers ] || continue
    kill -STOP "$pid"
    until_true eval "! ps -o state= -p $pid | grep -q T"
  done
  # shellcheck disable=SC2086 # several
  kill -STOP "$guard" "$scheduler" $all
  for pid in $all; do
    until_true eval "ps -o state= -p $pid | grep -q T"
  done
  # The scheduler last: what it wakes may have been woken already.
  kill -CONT "$guard"
  kill -CONT "$scheduler"
  : >go
  wait "$guard"
  expect "status when all was stopped, the $first first" $? 0
  expect_in out '^2 passed '
  expect_nothing_left
done

# A worker that runs for ever, and looks at nothing: it is put into a loop of
# one instruction.  One that is traced is left alone.
cat >spin.pl <<'PERL'
my ($pid, $long, $text) = ($ARGV[0] + 0, "\0" x 8, "\0" x 8);
sub trace { return syscall (101, @_) != -1 }
exit 77 if `uname -m` ne "x86_64\n";
trace (16, $pid, 0, 0) or exit 77; # PTRACE_ATTACH
waitpid ($pid, 0x40000000);        # __WALL
sleep ($ARGV[1]);
trace (3, $pid, 128, $long) or exit 77; # PTRACE_PEEKUSER: rip
my $rip = unpack ("q", $long);
trace (1, $pid, $rip, $text) or exit 77; # PTRACE_PEEKTEXT
my $loop = (unpack ("q", $text) & ~0xffff) | 0xfeeb;
trace (4, $pid, $rip, $loop) or exit 77; # PTRACE_POKETEXT
trace (17, $pid, 0, 0);                  # PTRACE_DETACH
PERL
cat >silent.plan <<'PLAN'
timeout 50s
test hangs { run --status=0|77 sh -c 'perl "$1/spin.pl" $PPID $2 || echo "cannot $?" >"$1/cannot"; exec sleep 1000' sh $srcdir $TRACED }
test next { run true }
PLAN
TRACED=8 timeout -k 1 60 "$proctor" --no-history --timeout-multiplier 0.02 silent.plan >out 2>&1
status=$?
if [ ! -e cannot ]; then
  expect "status when a worker hangs" $status 99
  expect_in out '^ERROR +silent.plan:hangs'
  expect_in out 'the process that runs this test has given no sign of life for 5s, and was killed'
  expect_in out 'it was at operation [0-9] of [0-9]: '
  expect_in out '^1 passed, 1 error '
fi
expect_nothing_left

# Those that wait for a test, stopped when none comes any more: the run ends.
cat >stop-waiting <<'SCRIPT'
parent=$(ps -o ppid= -p "$PPID" | tr -d ' ')
until waiting=$(pgrep -x proctor-ready -P "$parent"); do sleep 0.02; done
for worker in $waiting; do kill -STOP "$worker"; done
SCRIPT
cat >worker.plan <<'PLAN'
test first { run true }
test last { run sh $srcdir/stop-waiting }
PLAN
{
  echo 'layer x { sharing shared; setup { run true } }; uses x'
  cat worker.plan
} >host.plan
for plan in worker host; do
  timeout -k 1 60 "$proctor" --no-history -j 2 $plan.plan >out 2>&1
  expect "status when those that wait in a $plan are stopped" $? 0
  expect_in out '^2 passed '
  expect_nothing_left
done
finish
