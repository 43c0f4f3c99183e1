#!/bin/sh
# ctest: the example project, built and run as a user would.

top_srcdir=$(realpath "${top_srcdir:-$(dirname "$0")/../..}")
here=$(realpath "$(dirname "$0")")
. "$here/common"
. "$here/projects"
need cmake ctest make cc
export CTEST_PARALLEL_LEVEL=2

copy_example ctest
try 0 cmake -S project -B build -G 'Unix Makefiles' -DPROCTOR="$proctor"
try 0 cmake --build build
try 0 ctest --test-dir build
expect_in out '100% tests passed, 0 tests failed out of 5$'
for test in talk.plan:adds talk.plan:two-at-once ends.plan:no-number; do
  expect_in out "Test +#[0-9]+: tests/$test \.+ +Passed"
done
expect_in out '#[0-9]+: tests/ends.plan:for-long \.+\*\*\*Skipped'
SOAK=1 try 0 ctest --test-dir build -R for-long
expect_in out '#[0-9]+: tests/ends.plan:for-long \.+ +Passed'

# One that fails is shown by its name, with what there is to tell.
cp project/tests/ends.plan kept
sed -i 's/cheese\\n/cheddar\\n/' project/tests/ends.plan
try 8 ctest --test-dir build --output-on-failure
expect_in out '80% tests passed, 1 tests failed out of 5$'
expect_in out '#[0-9]+: tests/ends.plan:no-number \.+\*\*\*Failed'
expect_in out 'tests/ends.plan:10:.*: error: '
try 8 ctest --test-dir build --rerun-failed
expect_in out '0% tests passed, 1 tests failed out of 1$'
cp kept project/tests/ends.plan
try 0 ctest --test-dir build --rerun-failed
expect_in out '100% tests passed, 0 tests failed out of 1$'

# Tests that are added to a plan are found, and a wrong plan is told.
printf '\ntest added {\n    run true\n}\n' >>project/tests/ends.plan
try 0 cmake --build build
try 0 ctest --test-dir build
expect_in out '100% tests passed, 0 tests failed out of 6$'
expect_in out '#[0-9]+: tests/ends.plan:added \.+ +Passed'
echo 'run "true' >>project/tests/ends.plan
try 2 cmake --build build
expect_in out 'ends.plan:[0-9]+:5: error: this quote is not closed$'

# Its time is over: nothing stays.
printf 'spawn --daemon sleep 1000\nrun --within=1h sleep 1000\n' >project/tests/ends.plan
sed -i 's/TIMEOUT 60/TIMEOUT 1/' project/CMakeLists.txt
try 0 cmake --build build
try 8 ctest --test-dir build -R ends
expect_in out '#[0-9]+: tests/ends.plan:ends \.+\*\*\*Timeout'
expect_nothing_left

# Without proctor.
try 0 cmake -S project -B without -DPROCTOR=OFF
expect_in out 'there is no proctor: the plans are no tests$'
finish
