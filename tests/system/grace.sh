#!/bin/sh
# grace: from SIGTERM to SIGKILL, wherever proctor ends what is left.

# shellcheck disable=SC2016 # plans
. "$(dirname "$0")/common"
export PROCTOR_NO_HISTORY=yes

# It needs a while to end, which a machine that is slow has to give it.
cat >slow.plan <<'PLAN'
grace 100ms
test slow {
    db = spawn --daemon sh -c 'trap "sleep 0.5; echo flushed; exit" TERM; echo ready; while :; do sleep 0.01; done'
    expect db ready
    fail "by the plan"
}
PLAN
"$proctor" slow.plan >out 2>&1
expect "status of one that is killed" $? 1
expect_in out '^  db: did not end within 100ms of SIGTERM, and was killed with SIGKILL; it was '
"$proctor" --timeout-multiplier=100 slow.plan >out 2>&1
expect "status of one that is given time" $? 1
logs=$(sed -n 's/^  logs: //p' out)
expect_in "$logs/db.stdout" '^flushed$'
grep -q 'did not end' out && fail "it was killed" "$(cat out)"

# Without a word of it, it is 2 s.
sed -i '/^grace/d; s/trap .* TERM/trap "" TERM/' slow.plan
"$proctor" --timeout-multiplier=0.1 slow.plan >out 2>&1
expect_in out '^  db: did not end within 200ms of SIGTERM, '

# What proctor ends while the test goes on, what that leaves behind, and what
# the test does: each is told to all who read.
deaf='sh -c "trap \"\" TERM; echo >>$tmp/deaf; exec sleep 1000"'
cat >all.plan <<PLAN
grace 150ms
test tries {
    eventually every 1ms {
        x = spawn $deaf
        run sh -c 'echo >>\$1; while [ ! -e \$2 ]; do sleep 0.01; done; [ \$(wc -l <\$1) = 2 ]' sh \$tmp/n \$tmp/deaf
        kill -KILL x
    }
}
test quiet {
    t = spawnThread quiet { y = spawn $deaf; await file:\$tmp/deaf; fail "it has failed" }
    wait t any
}
test behind {
    leftovers report
    run sh -c '(trap "" TERM; : >\$1; exec sleep 1000) & while [ ! -e \$1 ]; do sleep 0.01; done' sh \$tmp/deaf
}
layer l { setup { z = spawn --daemon $deaf; await file:\$tmp/deaf } }
test of-layer { uses l; run true }
PLAN
"$proctor" --keep --junit=all.xml --json=all.json all.plan >out 2>&1
expect "status of those that passed" $? 0
died='did not end within 150ms of SIGTERM, and was killed with SIGKILL; it was'
for process in x y z; do
  expect_in out "^  $process: $died "
  expect_in all.json "\"event\":\"killed\".*\"process\":\"$process\",.*\"text\":\"$died "
done
expect_in out "^  pid [0-9]+: $died sleep 1000 \\("
expect_in all.json "\"event\":\"killed\".*\"pid\":[0-9]+,\"text\":\"$died sleep 1000 "
expect_in all.xml "^<system-out>x: $died "
expect_in all.xml "^<system-out>pid [0-9]+: $died sleep 1000 "
expect "how often in the journals" \
  "$(cat logs/all-*/*/journal | grep -c "killed.*$died")" 4
expect "how often in the report" "$(grep -c "$died" out)" 4
"$proctor" --tap all.plan >out 2>&1
expect "status in TAP" $? 0
expect "how often in TAP" "$(grep -cE "^ *# +(x|y|z|pid [0-9]+): $died " out)" 4

# A plan's own SIGKILL is its own; the journal has it.
cat >own.plan <<'PLAN'
p = spawn sh -c 'trap "" TERM; echo ready; exec sleep 1000'
expect p ready
kill p grace 100ms
PLAN
"$proctor" --keep own.plan >out 2>&1
expect "status of a kill with a grace" $? 0
grep -q 'did not end' out && fail "the plan's kill is told" "$(cat out)"
expect "signals in the journal" \
  "$(sed -n 's/.* signalled .*signal=\(SIG[A-Z]*\).*/\1/p' logs/own-*/own/journal | tr '\n' ' ')" \
  "SIGTERM SIGKILL "
finish
