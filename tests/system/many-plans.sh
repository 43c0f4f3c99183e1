#!/bin/bash
# Ten thousand plans: all are run, few descriptors are needed, and nothing grows
# faster than they do.

. "$(dirname "$0")/common"
unset PROCTOR_JOBS
export PROCTOR_NO_HISTORY=yes

mkdir plans
for ((i = 0; i < 10000; i++)); do
  echo "log $i" >plans/p$((10000 + i)).plan
done

ulimit -n 64
"$proctor" list plans >listed
expect "status of list" $? 0
expect "tests" "$(wc -l <listed)" 10000
expect "the first and the last of them" "$(sed -n '1p;$p' listed | xargs)" \
  "plans/p10000.plan:p10000 plans/p19999.plan:p19999"

"$proctor" -j 0 --tap plans >out 2>&1
expect "status" $? 0
expect "plans that are told of" "$(grep -cE '^ok [0-9]+ - plans/' out)" 10000
expect "their order" "$(sed -nE 's/^ok ([0-9]+) - .*/\1/p' out | sort -nc 2>&1)" ""
expect "points" "$(sed -n 2p out)" "1..10000"

# The limit of descriptors is not for the tests in one plan either.
for ((i = 0; i < 1000; i++)); do
  echo "test t$i { log $i }"
done >one.plan
"$proctor" -j 40 one.plan >out 2>&1
expect "status of one plan" $? 0
expect_in out '^1000 passed'
test ! -e logs || expect "what is left of the logs" "$(ls -A logs)" ""
finish
