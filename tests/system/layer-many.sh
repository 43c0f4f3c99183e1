#!/bin/sh
# The test that breaks its layer is the one that fails, also where a layer has so
# many processes that most ends are looked for a little later: of some that end
# at once, the signal names but one.

. "$(dirname "$0")/common"

export ODD="${top_builddir:?}/tests/system/odd"
[ -x "$ODD" ] || { echo "$ODD is not built"; exit 99; }

cat >many.txt <<'PLAN'
layer many {
    setup {
        for i in 1..7 { a$i = spawn --optional sleep 1000 }
        b = spawn sleep 1000
        for i in 1..70 { p$i = spawn sleep 1000 }
    }
    teardown { for i in 1..70 { kill p$i }; kill b }
}
uses many
test breaks {
    for i in 1..7 { id$i = pid a$i }
    id = pid b
    run $ODD kill $id1 $id $id2 $id3 $id4 $id5 $id6 $id7
}
test cannot-run { run true }
PLAN
plans=
for plan in a b c d e f g h; do
  cp many.txt $plan.plan
  plans="$plans $plan.plan"
done
# shellcheck disable=SC2086
"$proctor" $plans >out 2>&1
expect "its exit status" $? 1
expect "tests that failed" "$(grep -c '^FAIL .*:breaks ' out)" 8
expect "others" "$(grep -cE '^(ok|FAIL) .*:cannot-run ' out)" 0
[ $failed = 0 ] || cat out
finish
