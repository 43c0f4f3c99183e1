#!/bin/sh
# meson: the example project, built and run as a user would.

top_srcdir=$(realpath "${top_srcdir:-$(dirname "$0")/../..}")
here=$(realpath "$(dirname "$0")")
. "$here/common"
. "$here/projects"
need meson ninja cc

# meson finds proctor in PATH.
mkdir bin
ln -s "$proctor" bin/proctor
PATH=$top/bin:$PATH

copy_example meson
try 0 meson setup build project
try 0 meson test -C build
expect_in out '^Ok: +4 *$'
expect_in out '^Fail: +0 *$'
expect_in out '^Skipped: +1 *$'
for test in ticks/ticks-and-ends ticks/stands-still ends/usage ends/dies; do
  expect_in out "^[ 0-9]+/5 $test +OK "
done
expect_in out '^[ 0-9]+/5 ends/for-long +SKIP '

# One that fails is shown by its name, with what there is to tell.
cp project/tests/ends.plan kept
sed -i 's/--status=2/--status=3/' project/tests/ends.plan
try 1 meson test -C build --print-errorlogs
expect_in out '^Ok: +3 *$'
expect_in out '^Fail: +1 *$'
expect_in out '^[ 0-9]+/5 ends/usage +FAIL +.* exit status 1$'
expect_in out 'tests/ends.plan:4:.*: error: "ticker" exited with status 2'
try 1 meson test -C build ends/usage
expect_in out '^Fail: +1 *$'
cp kept project/tests/ends.plan
try 0 meson test -C build ends/usage
expect_in out '^Ok: +1 *$'

# Tests that are added to a plan are found, and a wrong plan is told.
printf '\ntest added {\n    run true\n}\n' >>project/tests/ends.plan
try 0 meson test -C build
expect_in out '^Ok: +5 *$'
expect_in out '^[ 0-9]+/6 ends/added +OK '
echo 'run "true' >>project/tests/ends.plan
try 1 meson test -C build
expect_in out 'ends.plan:[0-9]+:5: error: this quote is not closed$'
finish
