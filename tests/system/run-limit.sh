#!/bin/bash
# --run-limit ends the whole run: what runs is interrupted, cleans up, and says
# where it was; the rest is not run, and the run has failed.

# shellcheck disable=SC2016,SC2317 # plans; called by until_true
. "$(dirname "$0")/common"
unset PROCTOR_JOBS PROCTOR_RUN_LIMIT
export TOP=$top PROCTOR_NO_HISTORY=yes

cat >long.plan <<'PLAN'
layer base {
    setup { server = spawn sleep 1000 }
    teardown { kill server; run sh -c 'echo torn >>"$0/marks"' $TOP }
}
test quick { run true }
test hangs {
    uses base
    defer { run sh -c 'echo cleaned >>"$0/marks"' $TOP }
    run --within=1h sh -c 'echo "its last line"; exec sleep 1000'
}
test late { uses base; run sh -c 'echo late >>"$0/marks"' $TOP }
test last { run sh -c 'echo last >>"$0/marks"' $TOP }
PLAN

# limited STATUS ARGUMENT...
limited () {
  rm -rf marks logs
  "$proctor" --progress=none "${@:2}" >out 2>errors
  expect "status with ${*:2}" $? "$1"
}

# reaching PATTERN ARGUMENT...: with a limit in which a slow machine, too, comes
# as far as that.
reaching () {
  for limit in 1 5 25 125; do
    limited 1 "--run-limit=${limit}s" "${@:2}"
    grep -qE -e "$1" out && return
  done
  fail "no \"$1\" with any limit"
}

reaching 'its last line' --junit=out.xml --json=out.json --github long.plan
expect "what was done at the end" "$(xargs <marks)" "cleaned torn"
expect_in out '^ok +long.plan:quick '
expect_in out '^stopped +long.plan:hangs '
expect_in out '^long.plan:9:5: error: interrupted after [0-9.]+(ms|s) of "wait sh 0 within 1h"$'
expect_in out '^    stdout\| its last line$'
expect_in out '^not run long.plan:late$'
expect_in out '^not run long.plan:last$'
expect_in out '^the run was ended by --run-limit=[0-9]+s$'
expect_in out '^1 passed, 1 interrupted, 2 not run \('
expect_in out '^::error title=proctor::the run was ended by --run-limit=[0-9]+s; 2 of 4 tests were not run$'
expect_in out.xml ' tests="4" failures="0" errors="1" skipped="2" '
expect_in out.xml '<property name="ended-by" value="--run-limit=[0-9]+s" />'
tail -n 1 out.json >last
expect_in last '"event":"run-end".*"ended_by":"--run-limit=[0-9]+s"'
expect_nothing_left

PROCTOR_RUN_LIMIT=500ms limited 1 --tap long.plan
expect_in out '^Bail out! interrupted by --run-limit=500ms$'

# In the suite file; the multiplier is not for it.
cat >proctor.yaml <<'YAML'
defaults:
  run-limit: 700ms
YAML
limited 1 --timeout-multiplier=100000 long.plan
expect_in out '^the run was ended by --run-limit=700ms$'
limited 1 --run-limit=600ms long.plan
expect_in out '^the run was ended by --run-limit=600ms$'
rm proctor.yaml

# A run that ends in time does not notice it.
limited 0 --run-limit=1h long.plan:quick long.plan:late long.plan:last
expect_in out '^3 passed \('
for wrong in 0 x -1 ''; do
  limited 2 --run-limit="$wrong" long.plan:quick
done

cat >beside.plan <<'PLAN'
test hangs { run --within=1h sleep 1000 }
for i in 1..3 { test quick$i { run true } }
PLAN

# At once, with -j; in a set-up; and until one fails.
reaching '^3 passed, 1 interrupted' -j 4 beside.plan
cat >setup.plan <<'PLAN'
layer slow { setup { run --within=1h sleep 1000 } }
test never { uses slow; run true }
PLAN
reaching '^stopped layer setup.plan:slow .* \(in its set-up\)$' setup.plan
expect_in out '^0 passed, 1 not run \('
limited 1 --until-fail --run-limit=500ms long.plan:quick
expect_in out '^the run was ended by --run-limit=500ms$'

# What hangs in its cleanup has as long again.
cat >cleans.plan <<'PLAN'
test cleans { defer { run --within=1h sleep 1000 }; run --within=1h sleep 1000 }
PLAN
reaching 'error: interrupted while it cleaned up, after ' cleans.plan
expect_in out '^0 passed, 1 interrupted \('
expect_nothing_left

# A signal counts more; SIGINT ends what cleans up at once.
cat >waits.plan <<'PLAN'
test waits { defer { file $TOP/cleans "x"; run --within=1h sleep 1000 }; file $TOP/runs "x"; run --within=1h sleep 1000 }
PLAN
rm -f cleans
env --default-signal=INT "$proctor" --run-limit=1h waits.plan >out 2>&1 &
guard=$!
until_true test -e runs
kill -TERM "$guard"
until_true test -e cleans
kill -INT "$guard"
wait "$guard"
[ $? -gt 128 ] || fail "the status after signals is that of a limit"
expect_in out '^the run was ended by SIGTERM$'
expect_nothing_left
finish
