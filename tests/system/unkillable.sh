#!/bin/sh
# What cannot be killed is waited for once, by the level that it fell to first;
# it is an error of its test, and of nothing else.

. "$(dirname "$0")/common"

[ "$(id -u)" = 0 ] || exit 77
unshare -m mount -t tmpfs none /sys/fs/cgroup 2>/dev/null || exit 77

# Without CAP_KILL, and without groups to kill, root can do nothing to what is
# another user's; below a layer there are three levels that could try.
cat >two.plan <<'PLAN'
layer l { setup { run true } }
test a {
    uses l
    p = spawn --daemon setpriv --reuid=65534 --clear-groups sh -c 'echo up; exec sleep 300'
    expect p up
}
test b { uses l; run true }
PLAN
# shellcheck disable=SC2016 # for the other shell
unshare -m sh -c 'mount -t tmpfs none /sys/fs/cgroup \
  && exec setpriv --bounding-set=-kill --inh-caps=-kill "$0" --no-history \
    two.plan' "$proctor" >out 2>&1
expect "status" $? 99
expect_in out '^ERROR +two.plan:a '
expect_in out '^ok +two.plan:b '
expect_in out '^1 passed, 1 error '
expect "complaints" "$(grep -c 'process could not be ended' out)" 1
expect_in out '^proctor: some processes could not be ended$'
for pid in $(survivors); do
  kill -KILL "$pid"
done
finish
