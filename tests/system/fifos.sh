#!/bin/sh
# fifos: a child that opens a FIFO before its exec waits until the other side is
# opened, and can be signalled meanwhile, and holds nothing of ours.

# shellcheck disable=SC2016 # plans
. "$(dirname "$0")/common"
export PROCTOR_NO_HISTORY=yes
# Where the child borrows our memory (vfork), we wait with it.
is_sanitized && exit 77

cat >fifos.plan <<'PLAN'
timeout 10s
let nobody = $srcdir/nobody

test are-opened-by-both-sides {
    run mkfifo $tmp/fifo
    reader = spawn --stdin=$tmp/fifo cat
    stop reader
    cont reader
    writer = spawn --stdout=$tmp/fifo echo hello
    wait writer
    wait reader
    check reader stdout == "hello\n"
}
test are-left-with-sigterm {
    writer = spawn --stdout=$nobody echo hello
    kill writer
    both = spawn --stdin=$nobody --stdout=$nobody cat
    kill both SIGTERM
}
test keep-no-pipe-of-others {
    for i in 1..20 { cat$i = spawn --stdin=pipe cat }
    reader = spawn --daemon --stdin=$nobody cat
    writer = spawn --daemon --stdout=$srcdir/other echo hello
    for i in 1..20 { close cat$i }
    waitPar { for i in 1..20 { cat$i 0 } }
}
PLAN
for signal in INT QUIT ABRT HUP USR1 KILL; do
  echo "test are-left-with-sig$signal {"
  echo '  reader = spawn --stdin=$nobody cat'
  echo "  kill -$signal reader"
  echo '}'
done >>fifos.plan
mkfifo nobody other
"$proctor" fifos.plan >out 2>&1
expect "status with FIFOs" $? 0
grep -q '^9 passed ' out || fail "$(cat out)"

# It is the program that is told, as if it had been executed.
cat >wrong.plan <<'PLAN'
test is-not-there { run --stdin=$srcdir/nobody no-such-program }
test is-none { run --stdout=$srcdir/nobody $srcdir/wrong.plan }
PLAN
PATH=/usr/bin:/bin "$proctor" wrong.plan >out 2>&1
expect "status without a program" $? 1
expect_in out 'error: "no-such-program" could not be started: exec: No such file or directory$'
expect_in out 'error: "wrong.plan" could not be started: exec: Permission denied$'

# What there is to be measured comes with the exec, which does not come.
{
  echo 'timeout 300ms'
  for what in fds threads rss cpu children; do
    echo "test $what {"
    echo '  reader = spawn --daemon --stdin=$srcdir/nobody cat'
    echo "  check reader $what < 100000"
    echo '}'
  done
} >measured.plan
timeout 60 "$proctor" measured.plan >out 2>&1
expect "status of what cannot be measured" $? 1
expect_in out '^0 passed, 5 failed '
expect "how often it is told" "$(grep -cE \
  'error: the "(fds|threads|rss|cpu|children)" of "reader" cannot be told: it has not come to its exec within 300ms$' out)" 5
expect_in out '^  note: a FIFO that is its standard input or output is opened before'
finish
