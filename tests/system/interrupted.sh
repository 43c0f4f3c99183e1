#!/bin/bash
# What is told of a test, or a layer, that was interrupted: where it was, the
# state of its processes and their last lines, in all reports; what had not
# begun is not run.

# shellcheck disable=SC2016,SC2317 # plans; called by until_true
. "$(dirname "$0")/common"
unset PROCTOR_JOBS GITHUB_WORKSPACE GITHUB_STEP_SUMMARY
export TOP=$top PROCTOR_NO_HISTORY=yes

# interrupt PLAN SIGNALS ARGUMENT...: sends each when the plan has made "ready",
# which is removed then.
interrupt () {
  rm -rf ready logs
  env --default-signal=INT,TERM,HUP "$proctor" --progress=none "${@:3}" "$1" \
    >out 2>errors &
  guard=$!
  for signal in $2; do
    until_true test -e ready
    rm ready
    kill -"$signal" "$guard"
  done
  wait "$guard"
  status=$?
}

cat >hangs.plan <<'PLAN'
test passes { run true }
test hangs {
    defer { run true }
    server = spawn sh -c 'echo "and an error" >&2; echo "its last line"; exec sleep 1000'
    expect server 'its last line'
    file $TOP/ready "x"
    wait server 0 within 1h
}
test never { run true }
PLAN

AFTER='interrupted after [0-9.]+(ms|s) of'
for signal in INT TERM HUP; do
  interrupt hangs.plan "$signal" --junit=out.xml --json=out.json --github
  expect_in out '^ok +hangs.plan:passes '
  expect_in out '^stopped +hangs.plan:hangs '
  expect_in out "^hangs.plan:7:5: error: $AFTER \"wait server 0 within 1h\"\$"
  expect_in out '^  server: pid [0-9]+, '
  expect_in out '^    stdout\| its last line$'
  expect_in out '^    stderr\| and an error$'
  expect_in out '^not run hangs.plan:never$'
  expect_in out '^1 passed, 1 interrupted, 1 not run \('
  expect_in out "^::error file=hangs.plan,line=7,col=5,title=hangs.plan%3Ahangs%3A interrupted::$AFTER "
  expect_in out "^::error title=proctor::the run was ended by SIG$signal; 1 of 3 tests were not run\$"
  expect "annotations" "$(grep -c '^::' out)" 2
  expect_in out.xml '<testsuite .* tests="3" failures="0" errors="1" skipped="1" '
  expect_in out.xml "<error message=\"$AFTER &quot;wait server 0 within 1h&quot;\" type=\"interrupted\">"
  expect_in out.xml '^    stdout\| its last line$'
  expect_in out.xml '<skipped message="not run" />'
  expect_in out.json '"event":"failed".*"failure":"interrupted".*"text":"wait server 0 within 1h"'
  expect_in out.json '"event":"tail".*"text":"its last line\\n"'
  expect_in out.json '"event":"test-end".*"verdict":"interrupted"'
  expect_in logs/hangs-*/hangs/journal ' failed op=[0-9]* failure=interrupted at=hangs.plan:7 interrupted after '
  expect_in logs/hangs-*/hangs/journal ' state process=server pid [0-9]*, '
  expect_in logs/run-*.json '"failure":"interrupted"'
  GITHUB_STEP_SUMMARY=$top/summary interrupt hangs.plan "$signal" --tap --github
  expect_in out '^    not ok 2 - hangs$'
  expect_in out "^      message: \"$AFTER "
  expect_in out '^      severity: "error"$'
  expect_in out '^          its last line$'
  expect_in out '^    ok 3 - never # SKIP not run$'
  expect_in out '^Bail out! interrupted'
  expect_in summary '^\| interrupted \| hangs&#46;plan&#58;hangs \| interrupted after '
  rm summary
done
"$proctor" driver --test-name hangs --log-file hangs.log --trs-file hangs.trs -- hangs.plan >driver.out 2>&1 &
guard=$!
rm -f ready
until_true test -e ready
kill -TERM "$guard"
wait "$guard"
expect_in hangs.trs "^:test-result: ERROR hangs # $AFTER "
expect_in hangs.trs '^:test-result: SKIP never # not run$'
expect_in hangs.trs '^:global-test-result: ERROR$'
expect_in hangs.log '^    stdout\| its last line$'
expect_nothing_left

# Each thread is told, and what is tried again and again.
cat >threads.plan <<'PLAN'
test threads {
    one = spawnThread { run --within=1h sleep 1000 }
    two = spawnThread { sleep 1000s }
    eventually within 1h every 1000s {
        file $TOP/ready "x"
        run sh -c 'exit 4'
    }
    wait one
    wait two
}
PLAN
interrupt threads.plan TERM
expect_in out "^threads.plan:[46]:[59]: error: interrupted "
expect_in out "^threads.plan:2:25: note: the thread \"one\" was $AFTER \"wait sleep 0 within 1h\"\$"
expect_in out "^threads.plan:3:25: note: the thread \"two\" was $AFTER \"sleep 1000s\"\$"
expect_in out '^  sleep: pid '

# What cleans up goes on, and then the test has its verdict; what hangs there is
# told when it is ended at once.
cat >cleans.plan <<'PLAN'
test cleans {
    defer { file $TOP/ready "x"; await file:$TOP/go-on within 1h; run true }
    run true
}
PLAN
rm -f go-on ready
env --default-signal=INT "$proctor" cleans.plan >out 2>&1 &
guard=$!
until_true test -e ready
kill -INT "$guard"
touch go-on
wait "$guard"
expect_in out '^ok +cleans.plan:cleans '
rm go-on

cat >hangs-twice.plan <<'PLAN'
test hangs {
    defer {
        helper = spawn sh -c 'echo "line of the helper"; exec sleep 1000'
        expect helper 'line'
        file $TOP/ready "y"
        wait helper 0 within 1h
    }
    first = spawn sleep 1000
    file $TOP/ready "x"
    wait first 0 within 1h
}
PLAN
interrupt hangs-twice.plan "INT INT"
expect "status after two SIGINT" "$status" 130
expect_in out "^hangs-twice.plan:10:5: error: $AFTER \"wait first "
expect_in out '^hangs-twice.plan:6:9: error: interrupted while it cleaned up, after [0-9.]+(ms|s) of "wait helper 0 within 1h"$'
expect "states" "$(grep -cE '^  (first|helper): pid [0-9]+, ' out)" 2
expect_in out '^    stdout\| line of the helper$'
expect_in out '^0 passed, 1 interrupted \('

# Two that come at once are one.
is_over () {
  kill -INT "$guard"
  case $(ps -o state= -p "$guard") in
    '' | Z*) ;;
    *) false ;;
  esac
}

# interrupt_at_once PLAN: nothing shows the first SIGINT of what cleans up.
interrupt_at_once () {
  rm -rf ready logs
  env --default-signal=INT "$proctor" --progress=none --junit=out.xml "$1" >out 2>&1 &
  guard=$!
  until_true test -e ready
  until_true is_over
  wait "$guard"
}

# One that has failed before stays so, and says where its cleanup hangs.
cat >failed.plan <<'PLAN'
test failed {
    defer { file $TOP/ready "x"; run --within=1h sleep 1000 }
    run false
}
PLAN
interrupt_at_once failed.plan
expect_in out '^FAIL +failed.plan:failed '
expect_in out '^failed.plan:3:5: error: "false" exited with status 1'
expect_in out '^failed.plan:2:34: error: interrupted while it cleaned up, after '
expect_in out '^  sleep: pid [0-9]+, '
expect_in out.xml '<failure message="&quot;false&quot; exited'
expect_nothing_left

# Layers: in the set-up, and in the tear-down.
cat >setup.plan <<'PLAN'
layer slow {
    setup {
        p = spawn sh -c 'echo "it sets up"; exec sleep 1000'
        expect p 'sets up'
        file $TOP/ready "x"
        wait p 0 within 1h
    }
    teardown { run true }
}
test first { uses slow; run true }
test second { uses slow; run true }
PLAN
interrupt setup.plan TERM --junit=out.xml --github
expect_in out '^stopped layer setup.plan:slow .* \(in its set-up\)$'
expect_in out "^setup.plan:6:9: error: $AFTER \"wait p 0 within 1h\"\$"
expect_in out '^    stdout\| it sets up$'
expect_in out '^not run setup.plan:first$'
expect_in out '^::error file=setup.plan,line=6,.*title=layer setup.plan%3Aslow%3A interrupted::'
expect_in out.xml '<testsuite .* tests="3" failures="0" errors="1" skipped="2" '
expect_in out.xml '<testcase name="layer slow \(set-up\)" '
interrupt setup.plan TERM --tap
expect_in out '^# stopped layer setup.plan:slow '
expect_in out '^Bail out! interrupted'

cat >teardown.plan <<'PLAN'
layer slow {
    setup { run true }
    teardown {
        p = spawn sh -c 'echo "it tears down"; exec sleep 1000'
        expect p 'tears down'
        file $TOP/ready "x"
        wait p 0 within 1h
    }
}
test first { uses slow; run true }
PLAN
interrupt_at_once teardown.plan
expect_in out '^ok +teardown.plan:first '
expect_in out '^stopped layer teardown.plan:slow .* \(in its tear-down\)$'
expect_in out '^teardown.plan:7:9: error: interrupted while it cleaned up, after '
expect_in out '^    stdout\| it tears down$'
expect_in out.xml '<testcase name="layer slow \(tear-down\)" '
expect_nothing_left

# A test that waits for its next try has failed.  Here it has no slot for that:
# one has the tear-down, and one the test that stands before it, which could not
# begin as long as another proctor had its lock.
cat >holder.plan <<'PLAN'
test holder { lock retry-$RUN; file $TOP/held "x"; await file:$TOP/falls within 1h }
PLAN
cat >retry.plan <<'PLAN'
layer base {
    setup { run true }
    teardown { file $TOP/falls "x"; await file:$TOP/go-on within 1h }
}
test before { uses base; await file:$TOP/runs within 1h }
test after { lock retry-$RUN; file $TOP/ready "x"; await file:$TOP/none within 1h }
test fails { file $TOP/runs "x"; await file:$TOP/free within 1h; run false }
PLAN
rm -f ready
export RUN=$$
"$proctor" holder.plan >holder.out 2>&1 &
holder=$!
until_true test -e held
"$proctor" -j 2 --retries=1 --progress=none --junit=out.xml retry.plan >out 2>&1 &
guard=$!
wait "$holder"
touch free
until_true test -e ready
kill -TERM "$guard"
touch go-on
wait "$guard"
expect_in out '^ok +retry.plan:before '
expect_in out '^stopped +retry.plan:after '
expect_in out '^FAIL +retry.plan:fails '
expect_in out '^  try 1: retry.plan:7:66: error: "false" exited with status 1'
expect_in out '^1 passed, 1 failed, 1 interrupted \('
expect_in out.xml '<failure message="failed" type="failed">'

# A test that is ended for a layer that broke tells of that, not where it was.
cat >breaks.plan <<'PLAN'
layer base { setup { server = spawn sleep 1000 } }
test breaks { uses base; signal -KILL server; sleep 1000s }
PLAN
"$proctor" --progress=none breaks.plan >out 2>&1
expect "status when a layer breaks" $? 1
expect_in out 'the layer "base" has failed while this test ran'
grep -q interrupted out && fail "a test of a broken layer was interrupted: $(cat out)"
finish
