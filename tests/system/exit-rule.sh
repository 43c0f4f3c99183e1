#!/bin/sh
# Random plans against a model of the exit rule (exit-rule.pl): the same verdict,
# and of the same process.
#
#   EXIT_RULE_FIRST=1 EXIT_RULE_LAST=10000 tests/system/exit-rule.sh
#
# makes the plans of these numbers.

here=$(cd "$(dirname "$0")" && pwd) || exit 99
. "$(dirname "$0")/common"

export ODD="${top_builddir:?}/tests/system/odd"
[ -x "$ODD" ] || { echo "$ODD is not built"; exit 99; }

first=${EXIT_RULE_FIRST:-1}
last=${EXIT_RULE_LAST:-300}
perl "$here/exit-rule.pl" "$first" "$last" random.plan expected \
  || fail "no plans were made"
"$proctor" -j 2 --timeout-multiplier=4 random.plan >out 2>&1
expect "its exit status" $? 1

# "FAIL p2 status": the first failure of each test.
sed -nE '
  s/^(ok|FAIL|ERROR|skip) +random.plan:(t[0-9]+) .*/\n\2 \1/p
  s/^random.plan:.*: error: "(p[0-9]+)" .*; the plan wants .*/ \1 status/p
  s/^random.plan:.*: error: "(p[0-9]+)" .*, (and nothing|before it was).*/ \1 unexpected/p
  s/^random.plan:.*: error: "(p[0-9]+)" is still running .*/ \1 running/p
  s/^random.plan:.*: error: "(p[0-9]+)" has not ended .*/ \1 late/p
  s/^random.plan:.*: error: (.*)/ \1/p' out \
  | awk 'NF == 2 && /^t/ { if (line) print line; line = $0; n = 0; next }
         NF && n++ == 0 { line = line $0 }
         END { print line }' >verdicts

# Of some failures it is only said that there is one.
awk 'NR == FNR { wanted[$1] = $0; next }
     { seen++
       is_same = wanted[$1] == $1 " FAIL" ? $2 == "FAIL" : $0 == wanted[$1] }
     !is_same { print "the model: " wanted[$1]; print "proctor:   " $0 }
     END { if (seen != length (wanted)) print seen " verdicts" }' \
  expected verdicts >differences
if [ -s differences ]; then
  fail "$(cat differences)"
  for name in $(sed -n 's/^proctor: *\(t[0-9]*\) .*/\1/p' differences | head -n 5); do
    sed -n "/^test $name {/,/^}/p" random.plan
    sed -n "/^[a-zA-Z]* *random.plan:$name /,/^  logs/p" out
  done
fi

# Whether an end is found by its signal or by an operation that asks for it: the
# cleanup that it comes in is over.
cat >cleanup.plan <<'PLAN'
for i in 1..30 {
    test counted$i {
        d = spawn --daemon --stdin=pipe $ODD obey
        defer { send d "exit 3\n"; eventually within 10m every 1ms { check active == 99 } }
        expect d ready
        skip "so that only the cleanup is left"
    }
}
PLAN
timeout 100 "$proctor" -j 2 cleanup.plan >out 2>&1
expect "status of cleanups" $? 1
expect "failures" "$(grep -c 'error: "d" exited with status 3, and nothing here waits' out)" 30
expect "errors" "$(grep -c 'error: ' out)" 30
finish
