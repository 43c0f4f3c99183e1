#!/bin/sh
# A suite that is interrupted: what runs is ended with its cleanups, the layers
# are torn down, and what was found is told; SIGINT then ends all at once.

# shellcheck disable=SC2016,SC2317 # plans; called by until_true
. "$(dirname "$0")/common"
unset PROCTOR_JOBS
export TOP="$top" PROCTOR_NO_HISTORY=yes RUN=$$

cat >suite.plan <<'PLAN'
def mark text { run sh -c 'echo "$1" >>"$0/marks"' $TOP $text }
def long {
    defer { mark "$test deferred" }
    spawn --daemon sh -c 'echo >"$0/up.$1"; exec sleep 1000' $TOP $test
    await file:$TOP/none within 1h
}
layer base {
    sharing shared
    setup { server = spawn sleep 1000; mark "base up" }
    teardown { kill server; mark "base down" }
}
layer above {
    extends base
    sharing shared
    setup { defer { mark "above deferred" }; mark "above up" }
    teardown { mark "above down" }
}

test good { run true }
test bad { run sh -c 'echo reason; exit 3' }
test free { lock one-$RUN; long }
test layered { uses base; long }
test nested { uses above; long }
test second { uses above; long }
test late { uses above; mark late }
test last { lock one-$RUN; mark last }
PLAN

are_up () {
  test -e up.free && test -e up.layered && test -e up.nested && test -e up.second
}

place () {
  grep -nx "$1" marks | cut -d: -f1
}

# expect_before MARK MARK
expect_before () {
  [ "$(place "$1")" -lt "$(place "$2")" ] 2>/dev/null \
    || fail "\"$1\" is not before \"$2\": $(xargs <marks)"
}

expect_cleaned_up () {
  expect "marks after $1" "$(sort marks | xargs)" \
    "above deferred above down above up base down base up free deferred layered deferred nested deferred second deferred"
  expect_before "nested deferred" "above deferred"
  expect_before "second deferred" "above deferred"
  expect_before "above deferred" "above down"
  expect_before "above down" "base down"
  expect_before "layered deferred" "base down"
}

for signal in INT:130 TERM:143 HUP:129; do
  name=${signal%:*}
  rm -rf up.* marks logs
  env --default-signal=INT,TERM,HUP "$proctor" -j 4 suite.plan >"$name.out" 2>&1 &
  guard=$!
  until_true are_up
  kill -"$name" "$guard"
  wait "$guard"
  expect "status after SIG$name" $? "${signal#*:}"
  expect_cleaned_up "SIG$name"
  expect_in "$name.out" '^ok +suite.plan:good '
  expect_in "$name.out" '^FAIL +suite.plan:bad '
  expect_in "$name.out" 'stdout\| reason'
  expect "tests that were interrupted by SIG$name" \
    "$(sed -nE 's/^(INTR|interrupted|stopped) +suite.plan:([a-z]+).*/\2/p' "$name.out" | xargs)" \
    "free layered nested second"
  expect "tests that were not run after SIG$name" \
    "$(sed -nE 's/^not run +suite.plan:([a-z]+).*/\1/p' "$name.out" | xargs)" \
    "late last"
  expect_in "$name.out" '^1 passed, 1 failed, 4 interrupted, 2 not run \('
  expect_nothing_left
done

# In TAP, and while a set-up is in progress.
cat >setup.plan <<'PLAN'
def mark text { run sh -c 'echo "$1" >>"$0/marks"' $TOP $text }
layer base {
    setup { mark "base up" }
    teardown { mark "base down" }
}
layer slow {
    extends base
    setup { defer { mark "slow deferred" }; file $TOP/up.slow "x"; await file:$TOP/none within 1h }
    teardown { mark "slow down" }
}
test first { uses slow; mark first }
test second { uses base; mark second }
test third { mark third }
PLAN
rm -rf up.* marks logs
env --default-signal=INT,TERM,HUP "$proctor" --tap setup.plan >setup.out 2>&1 &
guard=$!
until_true test -e up.slow
kill -INT "$guard"
wait "$guard"
expect "status after SIGINT in a set-up" $? 130
expect "marks after SIGINT in a set-up" "$(xargs <marks)" \
  "base up slow deferred slow down base down"
expect_in setup.out '^1\.\.2$'
expect_in setup.out '^    1\.\.3$'
expect "points after SIGINT in a set-up" \
  "$(grep -cE '^    (not )?ok [123] - (first|second|third)' setup.out)" 3
expect_in setup.out '^Bail out! interrupted'
expect_nothing_left

# To the whole group, as a terminal or a supervisor does it.
rm -rf up.* marks logs
setsid env --default-signal=INT,TERM,HUP "$proctor" -j 4 suite.plan >group.out 2>&1 &
guard=$!
until_true are_up
kill -INT -"$guard"
wait "$guard"
expect "status after SIGINT to the group" $? 130
expect_cleaned_up "SIGINT to the group"
expect_nothing_left

# What does not end: SIGINT, as the second signal, ends it.
cat >stubborn.plan <<'PLAN'
def stay mark {
    run --within=1h sh -c 'trap "" TERM INT HUP; setsid sleep 1000 & echo >"$0/$1"; while :; do sleep 0.05; done' $TOP $mark
}
layer stubborn {
    sharing shared
    setup { server = spawn --daemon sh -c 'trap "" TERM INT HUP; while :; do sleep 0.05; done' }
    teardown { stay down.layer }
}
test one { uses stubborn; defer { stay down.one }; file $TOP/up.free "x"; file $TOP/up.layered "x"; await file:$TOP/none within 1h }
test two { defer { stay down.two }; file $TOP/up.nested "x"; file $TOP/up.second "x"; await file:$TOP/none within 1h }
test never { file $TOP/never "x" }
PLAN
are_down () {
  test -e down.one && test -e down.two
}

for signal in INT:130 TERM:143 HUP:129; do
  name=${signal%:*}
  rm -rf up.* down.* logs
  env --default-signal=INT,TERM,HUP "$proctor" -j 2 stubborn.plan >twice.out 2>&1 &
  guard=$!
  until_true are_up
  kill -"$name" "$guard"
  until_true are_down
  kill -INT "$guard"
  wait "$guard"
  expect "status after SIG$name and SIGINT" $? "${signal#*:}"
  test ! -e never || fail "a test has begun after SIG$name"
  expect_nothing_left
done

# The same in a layer's tear-down, when all tests have ended.
cat >teardown.plan <<'PLAN'
layer stubborn {
    setup { run true }
    teardown { run --within=1h sh -c 'trap "" TERM INT HUP; echo >"$0/down.layer"; while :; do sleep 0.05; done' $TOP }
}
test one { uses stubborn; run true }
PLAN
rm -rf down.* logs
env --default-signal=INT,TERM,HUP "$proctor" teardown.plan >teardown.out 2>&1 &
guard=$!
until_true test -e down.layer

# Two that come at once are one.
is_over () {
  kill -INT "$guard"
  case $(ps -o state= -p "$guard") in
    '' | Z*) ;;
    *) false ;;
  esac
}
until_true is_over
wait "$guard"
expect "status after two SIGINT in a tear-down" $? 130
expect_in teardown.out '^ok +teardown.plan:one '
expect_nothing_left
finish
