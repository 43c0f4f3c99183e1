#!/bin/sh
# A worker that is lost is an error of its own test; the others are run.

# shellcheck disable=SC2016,SC2317 # plans; called by until_true
. "$(dirname "$0")/common"

cat >lost.plan <<'PLAN'
test before { run true }
test lost { run sh -c 'kill -KILL $(ps -o ppid= -p $$); sleep 1000' }
test after { run true }
PLAN

"$proctor" --tap lost.plan >out 2>&1
expect "status" $? 99
expect_in out '^ +ok 1 - .*before'
expect_in out '^ +not ok 2 - .*lost'
expect_in out '^ +ok 3 - .*after'
finish
