#!/bin/sh
# Few descriptors make a run slower, and nothing else; and many plans do not
# need many.

. "$(dirname "$0")/common"

i=0
echo 'layer l { sharing shared; setup { run true } }' >layer.plan
while [ $((i += 1)) -le 40 ]; do
  echo "test t$i { run true }" >>free.plan
  echo "test t$i { uses l; run true }" >>layer.plan
done
for plan in free layer; do
  prlimit --nofile=40 "$proctor" --no-history -j 50 $plan.plan >out 2>&1
  expect "status with few descriptors" $? 0
  expect_in out '^40 passed '
done

# The first tests of all plans run before the last of any.
mkdir plans
i=0
while [ $((i += 1)) -le 150 ]; do
  echo 'run true' >plans/p$i.plan
done
prlimit --nofile=120 "$proctor" --no-history --repeat 2 plans >out 2>&1
expect "status of many plans" $? 0
expect_in out '^300 passed '
[ -e logs ] && fail "a directory for logs was left"

# Nobody lets a directory vanish, but if: it is made again.
cat >vanishing.plan <<'PLAN'
test before { run true }
test vanishes { run sh -c 'rm -rf "$1"' sh $logdir/../.. }
test after { run true }
PLAN
"$proctor" --no-history vanishing.plan >out 2>&1
expect_in out '^ok +vanishing.plan:after'
expect_in out '^2 passed, 1 '
finish
