#!/bin/sh
# What is no file where a plan is read: it is neither waited for nor read for
# ever, and a pipe is read to its end.

. "$(dirname "$0")/common"

echo 'run true' >good.plan
mkfifo x.plan

"$proctor" --no-history . >out 2>&1 </dev/null
expect "status of a directory with a FIFO" $? 2
expect_in out '^proctor: error: cannot read "x.plan": it is a FIFO, not a file$'
expect_in out '^proctor: note: a plan is a file, or comes from standard input: "-"$'
"$proctor" --no-history x.plan good.plan >out 2>&1
expect "status of a FIFO" $? 2
"$proctor" fmt x.plan >out 2>&1
expect "status of fmt of a FIFO" $? 2
echo 'include "x.plan"' >includes.plan
"$proctor" check includes.plan >out 2>&1
expect "status of an included FIFO" $? 2
expect_in out '^includes.plan:1:9: error: cannot read "x.plan": it is a FIFO'
"$proctor" --no-history --suite x.plan good.plan >out 2>&1
expect "status of a FIFO as a suite file" $? 2
expect_in out 'cannot read the suite file "x.plan": it is a FIFO, not a file$'
"$proctor" --no-history /dev/zero >out 2>&1
expect "status of a device" $? 2
expect_in out 'cannot read "/dev/zero": it is a device, not a file$'

# Nobody writes into the FIFO: the check ends all the same.
echo 'check file "good.plan" == file "x.plan"' >checks.plan
"$proctor" --no-history checks.plan >out 2>&1
expect "status of a check of a FIFO" $? 1
expect_in out 'it is a FIFO, not a file$'

# Pipes, and what a shell makes of <(...) and of /dev/stdin.
for name in - /dev/stdin /dev/fd/0 /proc/self/fd/0; do
  printf 'run true\nrun true\n' | "$proctor" --no-history "$name" >out 2>&1
  expect "status of a pipe as $name" $? 0
done
"$proctor" --no-history - <good.plan >out 2>&1
expect "status of a file as standard input" $? 0
(sleep 0.05; cat good.plan) | "$proctor" --no-history /dev/stdin >out 2>&1
expect "status of a pipe that is filled later" $? 0
echo good.plan | (read -r name; cat "$name") >x.plan &
"$proctor" --no-history - <x.plan >out 2>&1
expect "status of a FIFO as standard input" $? 0
wait

# What has no end, and a plan that becomes too large, in little memory.
little () {
  if is_sanitized; then # its shadow alone is larger
    "$proctor" "$@"
  else
    prlimit --data=$((400 * 1024 * 1024)) "$proctor" "$@"
  fi
}
little check - </dev/zero >out 2>&1
expect "status of an endless file" $? 2
expect_in out 'cannot read "-": it is larger than 16M$'
expect_in out 'note: a long plan can be divided: "include" reads its parts$'
yes 'run true' 2>/dev/null | little check - >out 2>&1
expect "status of an endless pipe" $? 2
truncate -s 17M large.plan
little check large.plan >out 2>&1
expect "status of a large file" $? 2
expect_in out 'cannot read "large.plan": it is larger than 16M$'
for line in 'repeat 16000000 { run true }' 'repeat 4000 { repeat 4000 { log x } }' \
  'def m { repeat 4000 { await file:/ } }
repeat 4000 { m }'; do
  echo "$line" | little check - >out 2>&1
  expect "status of $line" $? 2
  expect_in out 'error: the plan becomes too large here$'
done
echo 'repeat 4001 { repeat 4000 { log x } }' | little check - >out 2>&1
expect "status of too many rounds" $? 2
expect_in out '^-:1:22: error: this loop has more than 16000000 rounds, with'
finish
