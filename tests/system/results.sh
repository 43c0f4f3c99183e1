#!/bin/sh
# Results for other programs, several kinds of one run.

# shellcheck disable=SC2016 # plans, and XPath
. "$(dirname "$0")/common"
doc=${top_srcdir:?}/doc

mkdir plans
cat >plans/mixed.plan <<'END'
layer broken {
    setup { run sh -c 'echo no database >&2; exit 7' }
}
test passes {
    log "a \"log\"\n::notice::not ours"
    run true
}
test fails {
    nasty = spawn printf ']]>\n::error::not ours\n\033[31m\000\377\r\n<&">\n'
    wait nasty 3
}
test skips {
    skip "no <psql>"
}
test flaky {
    run sh -c 'test -e "$0" || { touch "$0"; exit 1; }' "$builddir/was-here"
}
test unlucky {
    uses broken
    run true
}
END
echo 'run true' >plans/other.plan
echo 'an older file' >results.xml

GITHUB_WORKSPACE=$top GITHUB_STEP_SUMMARY=$top/summary.md \
  "$proctor" --junit=results.xml --json=events.json --github --retries=1 -j 2 \
  plans >out 2>&1
expect "status" $? 1

# ask SQL: of the events, the table "line".
ask () {
  sqlite3 :memory: <<END
CREATE TABLE line AS
  SELECT key AS number, value ->> '\$.event' AS event, value AS object
  FROM json_each ('[' || replace (rtrim (readfile ('events.json'), char (10)),
                                  char (10), ',') || ']');
$1;
END
}

# --- JUnit ---

valid () {
  xmllint --noout --schema "$doc/junit.xsd" "$1" >xmllint.out 2>&1 || {
    fail "$1 is not valid:"
    cat xmllint.out "$1"
  }
}

# path XPATH: what it is in the results.
path () {
  xmllint --xpath "string($1)" results.xml
}

valid results.xml
expect "suites" "$(path 'count(//testsuite)')" 2
expect "the first suite" "$(path '//testsuite[@id=0]/@name')" plans/mixed.plan
expect "a class" "$(path '//testcase[@name="fails"]/@classname')" plans.mixed
expect "cases" "$(path 'count(//testcase)')" 7
expect "failures" "$(path 'count(//failure) = sum(//@failures)')" true
expect "errors" "$(path 'count(//error) = sum(//@errors)')" true
expect "skipped" "$(path 'count(//skipped) = sum(//@skipped)')" true
expect "tests" "$(path 'count(//testcase) = sum(//@tests)')" true
expect "a test that passed" \
  "$(path 'count(//testcase[@name="passes"]/*)')" 0
expect "a type" "$(path '//testcase[@name="fails"]/failure/@type')" \
  "wrong status"
expect "a message" "$(path '//testcase[@name="fails"]/failure/@message')" \
  "$(ask "SELECT object ->> '$.text' FROM line WHERE event = 'failed'
          AND object ->> '$.test' LIKE '%:fails' LIMIT 1")"
path '//testcase[@name="fails"]/failure' >text
expect_in text '^    stdout\| \]\]>$'
expect_in text '^    stdout\| \\x1b\[31m\\x00\\xff$'
expect_in text '^  logs: '
expect "a reason" "$(path '//testcase[@name="skips"]/skipped/@message')" \
  "no <psql>"
expect "a flaky test" "$(path '//property[@name="flaky"]/@value')" flaky
expect "how flaky" "$(path 'count(//testcase[@name="flaky"]/*)')" 0
path '//testsuite[@id=0]/system-out' >text
expect_in text '^flaky: flaky$'
expect_in text '"sh" exited with status 1'
expect "a layer" \
  "$(path 'count(//testcase[@name="layer broken (set-up)"]/*)')" 1
expect "a test without its layer" \
  "$(path 'count(//testcase[@name="unlucky"]/error)')" 1

# --- JSON ---

cp "$doc/events.schema.json" schema.json
expect "what is wrong with the events" \
  "$(sqlite3 :memory: <"$top_srcdir/tests/system/events.sql")" ""
expect "the last event" \
  "$(ask "SELECT event FROM line ORDER BY number DESC LIMIT 1")" run-end
expect "tests that ended" \
  "$(ask "SELECT count (*) FROM line WHERE event = 'test-end'
          AND object ->> '$.layer' IS NULL")" 6
expect "tries" "$(ask "SELECT object ->> '$.verdict' FROM line
  WHERE event IN ('again', 'test-end')
  AND object ->> '$.test' LIKE '%:flaky' ORDER BY number")" "failed
flaky"
expect "statuses" "$(ask "SELECT DISTINCT object ->> '$.status.exited' AS status
  FROM line WHERE event = 'ended' ORDER BY status")" "0
1
7"
expect "a layer that failed" \
  "$(ask "SELECT object ->> '$.layers_failed' FROM line
          WHERE event = 'run-end'")" 1

# --- GitHub ---

grep '^ *::' out >orders
expect "orders" "$(cut -d ' ' -f 1 orders | sort | uniq -c | tr -s ' ')" \
  " 2 ::error
 1 ::warning"
expect_in orders '^::error file=plans/mixed.plan,line=2,col=13,title=layer '
expect_in orders '^::error file=plans/mixed.plan,line=10,col=5,title=plans/mixed.plan%3Afails%3A wrong status::'
expect_in orders '^::warning file=plans/mixed.plan,line=16,col=5,title='
expect_in summary.md '^### proctor: 1 failed, 1 error, 1 flaky, 2 passed, 1 skipped, 1 layer failed '
expect_in summary.md '^\| failed \| plans&#47;mixed&#46;plan&#58;fails \| '

# --- A run that is ended ---

cat >long.plan <<'END'
test passes { run true }
test long { run sleep 600 }
test late { run true }
END
"$proctor" --junit=ended.xml --json=ended.json long.plan >out 2>&1 &
pid=$!
until_true grep -q '"event":"started".*"process":"sleep"' ended.json
kill -TERM $pid
wait $pid
expect "status of an ended run" $? 143
valid ended.xml
expect "cases of an ended run" \
  "$(xmllint --xpath 'count(//testcase)' ended.xml)" 3
expect_in ended.xml '<testsuite .* errors="1" skipped="1" '
expect_in ended.xml '<error message="interrupted after .* of &quot;wait sleep 0 within 20s&quot;" type="interrupted">'
expect_in ended.xml '<skipped message="not run" />'
tail -n 1 ended.json >last
expect_in last '"event":"run-end".*"not run":1'

# --- Where they cannot be written ---

"$proctor" --json=/dev/full plans/other.plan >out 2>&1
expect "status with no space for the events" $? 99
"$proctor" --junit=none/results.xml plans/other.plan >out 2>&1
expect "status with nowhere to write the results" $? 2
expect "what is left" "$(echo ./*xml*)" "./ended.xml ./results.xml ./xmllint.out"
finish
