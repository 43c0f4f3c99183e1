#!/bin/bash
# Tests at once: never more than was said, of one plan and of several, and what
# is told of them in the order of the plans.

# shellcheck disable=SC2016,SC2317 # plans; called by until_true
. "$(dirname "$0")/common"
unset PROCTOR_JOBS PROCTOR_PROGRESS
export TOP=$top PROCTOR_NO_HISTORY=yes

# A test of this marks its begin and its end; the first ones go on only when
# WIDTH of them run at once.
# wide NAME N
wide () {
  for ((i = 1; i <= $2; i++)); do
    cat <<PLAN
test $1-$i {
    run sh -c 'echo b >>\$1/marks; until [ \$(grep -c b \$1/marks) -ge \$2 ]; do sleep 0.02; done; echo e >>\$1/marks' sh \$TOP \$WIDTH
}
PLAN
  done
}

# How many ran at once, at most.
most () {
  awk '/b/ { n++ } /e/ { n-- } n > most { most = n } END { print most + 0 }' marks
}

# at_once N ARGUMENT...: of tests that are marked, so many run at once.
at_once () {
  rm -f marks
  WIDTH=$1 "$proctor" run "${@:2}" >out 2>&1
  expect "status of run ${*:2}" $? 0
  expect "tests at once of run ${*:2}" "$(most)" "$1"
}

# verdicts: of "out", in their order.
verdicts () {
  sed -nE 's/^(ok|FAIL|flaky|skip|not run|ERROR) +([^ ]+:[^ ]+).*/\1 \2/ip' out
}

# --- So many ---

wide one 12 >one.plan
wide two 6 >two.plan
wide three 6 >three.plan

at_once 1 one.plan
at_once 2 -j 2 one.plan
at_once 3 -j3 one.plan two.plan
at_once 2 --jobs=2 three.plan two.plan one.plan
at_once 4 -j 40 one.plan:one-1 one.plan:one-2 two.plan:two-1 two.plan:two-2

PROCTOR_JOBS=3 at_once 3 one.plan
PROCTOR_JOBS=3 at_once 2 -j 2 one.plan

# All cores, unless we are kept to some of them.
cores=$(nproc)
if [ "$cores" = "$(getconf _NPROCESSORS_ONLN)" ]; then
  at_once "$cores" -j 0 one.plan
  PROCTOR_JOBS=0 at_once "$cores" one.plan
fi

for wrong in -1 x 1x 1.5 '' 99999999999999999999; do
  rm -f marks
  "$proctor" run -j "$wrong" one.plan >out 2>&1
  expect "status of -j \"$wrong\"" $? 2
  expect_in out 'error: .*"'"$wrong"'"'
  test ! -e marks || fail "-j \"$wrong\" has run tests"
  PROCTOR_JOBS=$wrong "$proctor" run one.plan:none >out 2>&1
  expect "status of PROCTOR_JOBS=\"$wrong\"" $? 2
done

# --- In which order they are told ---

# The first one ends last: each ends when the one behind it has ended.
for ((i = 1; i <= 6; i++)); do
  echo "test t$i { await file:$top/ended-$((i + 1)); defer { file $top/ended-$i x }; run --status=$((i % 2)) sh -c 'exit $((i % 2))' }"
done >late.plan
touch ended-7
"$proctor" -j 6 late.plan >out 2>&1
expect "status of tests that end in reverse" $? 0
expect "order of tests that end in reverse" "$(verdicts | xargs)" \
  "$(printf 'ok late.plan:t%d ' 1 2 3 4 5 6 | sed 's/ $//')"

# Each comes at once when those before it are out, though others still run.
rm -f ended-*
cat >rest.plan <<'PLAN'
test first { await file:$TOP/go-1 within 1h }
test second { file $TOP/second-ended "x" }
test third { await file:$TOP/go-3 within 1h }
PLAN
"$proctor" -j 3 --progress=none rest.plan >out 2>&1 &
pid=$!
until_true test -e second-ended
expect "what is told before the first has ended" "$(verdicts)" ""
touch go-1
until_true grep -q 'rest.plan:second' out
expect "what is told before the last has ended" "$(verdicts | xargs)" \
  "ok rest.plan:first ok rest.plan:second"
touch go-3
wait $pid
expect "status of tests that wait" $? 0
expect_in out '^3 passed'

# --- Again ---

cat >often.plan <<'PLAN'
test one { run sh -c 'echo one >>$0/rounds' $TOP }
test two { run sh -c 'echo two >>$0/rounds' $TOP }
PLAN
"$proctor" --repeat=3 often.plan >out 2>&1
expect "status of --repeat" $? 0
expect "rounds" "$(xargs <rounds)" "one two one two one two"
expect_in out '^6 passed'
rm rounds
"$proctor" -j 4 --repeat=5 often.plan >out 2>&1
expect "rounds at once" "$(sort rounds | uniq -c | xargs)" "5 one 5 two"

cat >third.plan <<'PLAN'
test lucky { run sh -c 'echo x >>"$0/lucky"; test $(wc -l <"$0/lucky") -lt 50' $TOP }
test third { run sh -c 'echo x >>"$0/third"; test $(wc -l <"$0/third") -ne 3' $TOP }
PLAN
for jobs in 1 2; do
  rm -f lucky third
  "$proctor" -j $jobs --until-fail third.plan >out 2>&1
  expect "status of --until-fail" $? 1
  expect "rounds until one failed" "$(wc -l <third)" 3
  expect_in out '^FAIL +third.plan:third .*\(after round 2\)'
  expect_in out '^1 passed, 1 failed'
done

cat >flickers.plan <<'PLAN'
test good { run true }
test flickers { run sh -c 'echo x >>"$0/tries"; test $(wc -l <"$0/tries") -eq 3' $TOP }
test bad { run sh -c 'echo x >>"$0/bad"; false' $TOP }
PLAN
"$proctor" --retries=2 flickers.plan:good flickers.plan:flickers >out 2>&1
expect "status of a flaky test" $? 0
expect "tries" "$(wc -l <tries)" 3
expect_in out '^flaky +flickers.plan:flickers .*try 3 of 3'
expect_in out '^1 passed, 1 flaky'
rm tries
"$proctor" -j 2 --retries=2 --fail-on-flaky flickers.plan:flickers >out 2>&1
expect "status with --fail-on-flaky" $? 1
expect_in out '^0 passed, 1 flaky'
rm tries
"$proctor" -j 2 --retries=1 flickers.plan >out 2>&1
expect "status after too few tries" $? 1
expect "too few tries" "$(cat tries bad | wc -l)" 4
expect_in out '^1 passed, 2 failed'
rm bad
PROCTOR_RETRIES=2 "$proctor" flickers.plan:bad >out 2>&1
expect "tries of one that never passes" "$(wc -l <bad)" 3

# --- Enough ---

for ((i = 1; i <= 9; i++)); do
  echo "test t$i { run sh -c 'echo $i >>\"\$0/ran\"; exit $((i % 2))' \$TOP }"
done >odd.plan

# enough RAN SUMMARY ARGUMENT...
enough () {
  rm -f ran
  "$proctor" "${@:3}" odd.plan >out 2>&1
  expect "status of ${*:3}" $? 1
  expect "what ran with ${*:3}" "$(xargs <ran)" "$1"
  expect_in out "^$2"
}

enough "1" "0 passed, 1 failed, 8 not run" --fail-fast
enough "1 2 3" "1 passed, 2 failed, 6 not run" --max-fail 2
enough "1 2 3 4 5 6 7 8 9" "4 passed, 5 failed \(" --max-fail 6
enough "1 1" "0 passed, 1 failed, 8 not run" -x --retries=1

# Those that run then are ended as they would be.
cat >both.plan <<'PLAN'
test fails { await file:$TOP/runs; run false }
test runs { file $TOP/runs "x"; await file:$TOP/go-on; file $TOP/went-on "x" }
test never { file $TOP/never "x" }
PLAN
"$proctor" -j 2 --fail-fast --json=events.json both.plan >out 2>&1 &
pid=$!
until_true grep -q '"event":"test-end".*both.plan:fails' events.json
touch go-on
wait $pid
expect "status of --fail-fast beside another test" $? 1
test -e went-on || fail "--fail-fast has ended a test that ran"
test ! -e never || fail "--fail-fast has begun a test"
expect_in out '^1 passed, 1 failed, 1 not run'
finish
