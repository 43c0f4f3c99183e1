#!/bin/sh
# Plans that change, or vanish, while the suite runs: what was compiled is run,
# and told of as it was.

# shellcheck disable=SC2016 # plans
. "$(dirname "$0")/common"
unset PROCTOR_JOBS PROCTOR_HISTORY PROCTOR_NO_HISTORY
export TOP="$top" XDG_STATE_HOME="$top/state"

mkdir plans
cat >plans/a.plan <<'PLAN'
test rewrites { run cp $TOP/new $TOP/plans/b.plan; file $TOP/done-1 x }
test moves { run mv $TOP/plans/c.plan $TOP/plans/0.plan; file $TOP/done-2 x }
test adds { run cp $TOP/new $TOP/plans/z.plan; file $TOP/done-3 x }
test breaks { file $TOP/plans/d.plan "}"; file $TOP/done-4 x }
PLAN
cat >plans/b.plan <<'PLAN'
test old { run sh -c 'exit 3'  # as it was
}
test second { file $TOP/b x }
PLAN
cat >plans/c.plan <<'PLAN'
include "parts/layer"
test moved { uses base; file $TOP/c x }
test vanishes { uses base; for i in 1..4 { await file:$TOP/done-$i }; run rm -r $srcdir }
test fails { uses base; run false }
PLAN
echo 'await file:$TOP/d' >plans/d.plan
mkdir plans/parts
cat >plans/parts/layer <<'PLAN'
layer base { setup { file $TOP/d x }; teardown { file $TOP/torn-down x } }
PLAN
echo 'test new { run false }' >new
cp -R plans before

for jobs in 1 4; do
  rm -rf plans b c d done-* torn-down logs
  cp -R before plans
  "$proctor" -j $jobs --junit=results.xml --json=events.json plans >out 2>&1
  expect "status with -j $jobs" $? 1
  test ! -e plans || fail "the plans are there"
  expect_in out '^plans/b\.plan:1:12: error: "sh" exited with status 3'
  expect_in out '^    1 . test old \{ run sh -c .exit 3.  # as it was$'
  expect_in out '^plans/c\.plan:4:25: error: "false" exited with status 1'
  expect_in out '^    4 . test fails \{ uses base; run false \}$'
  expect "tests with -j $jobs" \
    "$(sed -nE 's/^(ok|FAIL) +plans.([a-d].plan:[a-z]+).*/\1 \2/p' out | xargs)" \
    "ok a.plan:rewrites ok a.plan:moves ok a.plan:adds ok a.plan:breaks FAIL b.plan:old ok b.plan:second ok c.plan:moved ok c.plan:vanishes FAIL c.plan:fails ok d.plan:d"
  test -e torn-down || fail "the layer was not torn down"
  xmllint --noout --schema "${top_srcdir:?}/doc/junit.xsd" results.xml \
    >xmllint.out 2>&1 || fail "the results are not valid: $(cat xmllint.out)"
  expect "the last event" "$(tail -n 1 events.json | grep -c '"event":"run-end"')" 1
done

# They are known by their names, though they are gone.
"$proctor" history plans/b.plan:old >out 2>&1
expect "status of the history" $? 0
expect "verdicts in the history" "$(grep -c '^  2.* failed ' out)" 2

# One that is gone before it is read.
mkdir plans
echo 'run true' >plans/a.plan
ln -s nowhere plans/b.plan
"$proctor" plans >out 2>&1
expect "status of a plan that is not there" $? 2
expect_in out 'plans/b\.plan.*No such file'
finish
