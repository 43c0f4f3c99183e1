#!/bin/sh
# limits: the limit of a whole test, wherever it is said.

. "$(dirname "$0")/common"
export PROCTOR_NO_HISTORY=yes

# Each of its lines is in time, and not all of them together.
cat >sum.plan <<'PLAN'
defer { file cleaned-up "" }
eventually within 1000s { run sh -c 'sleep 0.01; exit 1' }
PLAN

# ends_within LIMIT ARGUMENT...
ends_within () {
  limit=$1
  shift
  rm -f cleaned-up
  "$proctor" "$@" >out 2>&1
  expect "status of $*" $? 1
  expect_in out "^sum.plan:[0-9]+:[0-9]+: error: the whole test has not ended within $limit\$"
  [ -e cleaned-up ] || fail "no cleanup: $*"
}

ends_within 310ms --test-limit=310ms sum.plan
expect_in out '^  note: "limit" in the plan says how long it may take, or --test-limit$'
ends_within 1.2s --test-limit=600ms --timeout-multiplier=2 sum.plan
expect_in out '^sum.plan:2:27: note: the last try has failed: "sh" exited with status 1; the plan wants 0$'

PROCTOR_TEST_LIMIT=320ms
export PROCTOR_TEST_LIMIT
ends_within 320ms sum.plan
ends_within 330ms --test-limit=330ms sum.plan
{ echo 'limit 340ms'; sed 's/ within 1000s//' sum.plan; } >this.plan
mv sum.plan within.plan
mv this.plan sum.plan
ends_within 340ms --test-limit=330ms sum.plan
mv within.plan sum.plan
unset PROCTOR_TEST_LIMIT

# Where nobody says it, it is 10m, and for the second of these twice its longest
# line; but no multiplier makes that line itself shorter if it is a sleep.
cp sum.plan kept.plan
cat >sum.plan <<'PLAN'
defer { file cleaned-up "" }
repeat 200 { sleep 10ms }
PLAN
ends_within 300ms --timeout-multiplier=0.0005 sum.plan
echo 'run --within=6m true' >this.plan
cat this.plan >>sum.plan
ends_within 360ms --timeout-multiplier=0.0005 sum.plan
echo 'sleep 400ms' >this.plan
"$proctor" --timeout-multiplier=0.000001 this.plan >out 2>&1
expect "status of a test that sleeps" $? 0
mv kept.plan sum.plan

cat >proctor.yaml <<'YAML'
defaults: { test-limit: none }
profiles:
  ci: { test-limit: 350ms }
overrides:
  - { match: '^sum', test-limit: 360ms }
YAML
ends_within 360ms sum.plan
ends_within 370ms --test-limit=370ms sum.plan
sed -i '/overrides/,$d' proctor.yaml
ends_within 350ms --profile=ci sum.plan
"$proctor" --timeout-multiplier=0.00002 sum.plan >out 2>&1
expect "status without a limit" $? 1
expect_in out 'sum.plan:2:1: note: it was tried [0-9]+ times? within 20ms, and has not passed$'

# A limit of the plan that is too short for its lines is a mistake; that of
# another is not.
rm proctor.yaml
echo 'test a { limit 1s; run --within=2s true }' >this.plan
"$proctor" check this.plan >out 2>&1
expect "status of a limit that is too short" $? 2
echo 'test a { run --within=2s true }' >this.plan
"$proctor" --test-limit=1s this.plan >out 2>&1
expect "status of an option that is too short" $? 0
"$proctor" --test-limit=0 this.plan >out 2>&1
expect "status of no time at all" $? 2
expect_in out '^proctor: error: --test-limit: "0" is not a duration over 0 .*, or none$'

# What the worker tells is what other programs are told.
"$proctor" --test-limit=300ms --tap --junit=x.xml --json=x.json sum.plan >out 2>&1
expect "status of all reports" $? 1
expect_in out 'message: "?the whole test has not ended within 300ms'
expect_in x.xml 'the whole test has not ended within 300ms'
expect_in x.json '"failure":"timed out".*the whole test has not ended within 300ms|the whole test has not ended within 300ms.*"timed out"'

finish
