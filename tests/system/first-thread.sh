#!/bin/sh
# A process whose first thread has ended lives as long as another one does: it
# is left behind, is there for `await`, and can be adopted, measured and ended.

. "$(dirname "$0")/common"

export ODD="${top_builddir:?}/tests/system/odd"
[ -x "$ODD" ] || { echo "$ODD is not built"; exit 99; }

cat >threads.plan <<'PLAN'
test left-behind { run $ODD thread $tmp/pid $tmp/socket }
test await-not {
    run $ODD thread $tmp/pid $tmp/socket
    await not pidfile:$tmp/pid within 100ms
}
test adopted {
    run $ODD thread $tmp/pid $tmp/socket
    await pidfile:$tmp/pid
    d = adopt pidfile $tmp/pid
    await unix:$tmp/socket by d
    check d threads == 2
    check d fds >= 4
    check d rss > 4K
    stop d
    cont d
    kill d
    await not pidfile:$tmp/pid
}
test shown {
    run $ODD thread $tmp/pid $tmp/socket
    d = adopt pidfile $tmp/pid
    wait d within 100ms
}
layer daemon {
    setup {
        run $ODD thread $tmp/pid $tmp/socket
        d = adopt pidfile $tmp/pid
    }
    teardown { kill d }
}
test in-a-layer {
    uses daemon
    stop d
    cont d
}
PLAN
"$proctor" threads.plan >out 2>&1
expect "its exit status" $? 1
sed -n 's/^\(ok\|FAIL\) *threads.plan:\([a-z-]*\) .*/\1 \2/p' out >verdicts
cat >expected <<'EOF'
FAIL left-behind
FAIL await-not
ok adopted
FAIL shown
ok in-a-layer
EOF
diff expected verdicts || fail "$(cat out)"
expect_in out '^threads.plan:1:.*: error: 1 process was left behind$'
expect_in out "odd thread .* \((sleeping|running), child of "
expect_in out 'pid" names still runs after 100ms|still runs'
expect_in out '^  d: pid [0-9]+, (sleeping|running)'
finish
