#!/bin/sh
# A chain of processes, of which each forks the next and exits, is dead wherever
# one looks at it.  Left behind it fails each test all the same, and is ended.

. "$(dirname "$0")/common"

odd=${top_builddir:?}/tests/system/odd
[ -x "$odd" ] || { echo "$odd is not built"; exit 99; }
cp "$odd" odd
chmod 755 .
export TOP="$top"

# Bounded in number, and by a limit that does not hold for root.
user=
[ "$(id -u)" -ne 0 ] || user=--user=nobody
cat >hopper.plan <<PLAN
for i in 1..20 {
    test hop\$i { run $user --limit=nproc=2000 \$TOP/odd hop 200000 \$TOP/end\$i }
}
# One that comes to its end in time is waited for, as other descendants are.
test ends { run $user --limit=nproc=2000 \$TOP/odd hop 20 /dev/null }
PLAN
"$proctor" -j 2 --no-history hopper.plan >out 2>&1
expect "its exit status" $? 1
expect "failures" "$(grep -c '^FAIL.*:hop' out)" 20
expect "reasons" "$(grep -cE 'error: [0-9]+ process(es)? (was|were) left behind$' out)" 20
expect_in out '^ok .*:ends '
expect "ends of chains" "$(find . -name 'end[0-9]*')" ""
[ $failed = 0 ] || cat out
finish
