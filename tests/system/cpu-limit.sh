#!/bin/bash
# Who has sent a signal is not known; that a limit on CPU time may have, is told.

# shellcheck disable=SC2016 # plans and their shells
. "$(dirname "$0")/common"
export PROCTOR_NO_HISTORY=yes

cat >plan.plan <<'PLAN'
test limit { run --limit=cpu=1 sh -c 'while :; do :; done' }
test itself { run --limit=cpu=1000 sh -c 'kill -KILL $$' }
test crash { d = spawn --daemon --pty sh -c 'trap "kill -ALRM \$\$" HUP TERM; echo ready; while :; do sleep 0.01; done'; expect d ready; fail "to see it" }
PLAN
"$proctor" -v --keep --timeout-multiplier=10 plan.plan >out 2>&1
expect "status" $? 1
expect_in out '"sh" died of SIGKILL \(not sent by proctor; it has used [0-9.]+m?s of CPU, and the kernel kills it at --limit=cpu=1\); the plan wants 0$'
expect_in out '"sh" died of SIGKILL \(not sent by proctor\); the plan wants 0$'
# Ended by proctor it is, but proctor has not sent that signal.
expect_in out 'd: died of SIGALRM'

echo "run sh -c 'while :; do :; done'" >own.plan
(ulimit -t 1 && exec "$proctor" --timeout-multiplier=10 own.plan) >out 2>&1
expect_in out 'CPU, and the kernel kills it at 1s, a limit that proctor was started with\)'
finish
