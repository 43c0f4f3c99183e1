#!/bin/bash
# automake: the example project, built and run as a user would.

# shellcheck disable=SC2016,SC2317 # plans; called by until_true
top_srcdir=$(realpath "${top_srcdir:-$(dirname "$0")/../..}")
here=$(realpath "$(dirname "$0")")
. "$here/common"
. "$here/projects"
need autoreconf automake make

# counts TOTAL PASS SKIP XFAIL FAIL XPASS ERROR, as make has told them.
counts () {
  expect "counts" "$(sed -n 's/^# [A-Z]*: *//p' out | xargs)" "$*"
}

# ran PLAN...: only these were.
ran () {
  expect "plans that were run" \
    "$(sed -nE 's/^[A-Z]+: ([^: ]*).*/\1/p' out | uniq | sort -u | xargs)" "$*"
}

copy_example automake
(cd project && autoreconf -fi) >out 2>&1 || { cat out; fail autoreconf; finish; }

# Everything passes, beside each other, outside of the source directory.
mkdir build
cd build || exit 99
try 0 ../project/configure
expect_in out "checking for the version of proctor\.\.\. [0-9.]+$"
try 0 make -j4 check
counts 9 8 1 0 0 0 0
for test in one:one many:one-by-one many:at-once ends:two-servers shared:ada; do
  expect_in out "^PASS: tests/${test%:*}.plan:${test#*:}$"
done
expect_in out '^SKIP: tests/soak.plan:soak # requires set SOAK$'
expect_in tests/one.log '^1 passed \('
expect_in tests/one.trs '^:test-result: PASS one$'
try 0 make check SOAK=1 TESTS=tests/soak.plan
counts 1 1 0 0 0 0 0

# One that fails is shown by its name, with all there is to tell, and it alone
# is run again.
cp ../project/tests/ends.plan kept
sed -i 's/--status=2/--status=3/' ../project/tests/ends.plan
try 2 make -k check
counts 9 7 1 0 1 0 0
expect_in out '^FAIL: tests/ends.plan:usage$'
expect_in out '^PASS: tests/ends.plan:nobody-there$'
expect_in test-suite.log '^\.\./project/tests/ends.plan:6:.*"greeterd" exited with status 2; the plan wants 3$'
expect_in test-suite.log 'stderr\| usage: greeterd SOCKET'
expect_in tests/ends.trs '^:recheck: yes$'
try 2 make recheck
counts 3 2 0 0 1 0 0
ran tests/ends.plan
cp kept ../project/tests/ends.plan
try 0 make recheck
counts 3 3 0 0 0 0 0
ran tests/ends.plan
try 0 make recheck
ran

# A layer is no test, but does not fail unseen.
cp ../project/tests/shared.plan kept
sed -i 's/kill greeterd 0/kill greeterd 3/' ../project/tests/shared.plan
try 2 make check TESTS=tests/shared.plan
counts 3 2 0 0 0 0 1
expect_in out '^ERROR: tests/shared.plan:layer greeter # "greeterd" exited'
cp kept ../project/tests/shared.plan

# Expected to fail; no plan at all; options of a run, on either side of "--".
echo 'run false' >fails.plan
echo 'run "true' >wrong.plan
printf 'test a {\n    run true\n}\ntest b {\n    run true\n}\n' >two.plan
try 0 make check TESTS=fails.plan XFAIL_TESTS=fails.plan
counts 1 0 0 1 0 0 0
expect_in out '^XFAIL: fails.plan:fails$'
try 2 make check TESTS='two.plan wrong.plan' XFAIL_TESTS=two.plan
counts 3 0 0 0 0 2 1
expect_in out '^XPASS: two.plan:b$'
expect_in out '^ERROR: wrong.plan # nothing was run: see the log$'
expect_in wrong.log '^./wrong.plan:1:5: error: this quote is not closed$'
try 0 make check TESTS=wrong.plan XFAIL_TESTS=wrong.plan DISABLE_HARD_ERRORS=1
counts 1 0 0 1 0 0 0
try 0 make check TESTS=two.plan PLAN_LOG_DRIVER_FLAGS='-k b'
counts 1 1 0 0 0 0 0
try 0 make check TESTS=two.plan PLAN_LOG_FLAGS=--filter=b
counts 1 1 0 0 0 0 0
try 2 make check TESTS=two.plan PLAN_LOG_FLAGS=--cheese
expect_in two.log 'error: there is no option "--cheese"'
try 0 make check TESTS=two.plan PLAN_LOG_DRIVER_FLAGS='--junit=$$b.xml'
[ -s two.xml ] || fail "there is no two.xml"
try 0 make check TESTS=two.plan AM_COLOR_TESTS=always
expect_in out "^.\[0;32mPASS.\[m: two.plan:a$"

# One that is ended, and one that is killed: nothing half is left, make goes
# on, and both are run again.
has_begun () {
  [ -e begun ]
}
cat >slow.plan <<'PLAN'
run true
run sh -c 'echo $PPID >>begun; exec sleep 1000'
PLAN
cat >wrapper <<'SH'
#!/bin/sh
echo $$ >pid
exec "$PROCTOR" driver "$@"
SH
chmod +x wrapper
for signal in TERM KILL; do
  rm -f begun pid
  make check TESTS='slow.plan two.plan' PLAN_LOG_DRIVER=./wrapper -k >out 2>&1 &
  maker=$!
  until_true has_begun
  expect_in slow.log '^slow.plan: proctor was killed, or is still running$'
  kill "-$signal" "$(cat pid)"
  wait "$maker" && fail "make has passed a test that was ended by $signal"
  until_true no_survivors
  [ $signal = KILL ] || expect_in out '^ERROR: slow.plan:slow # interrupted after .* of "wait sh 0 within '
  expect_in slow.trs '^:test-result: ERROR'
  expect_in slow.trs '^:recheck: yes$'
  echo 'run true' >slow.plan.new
  cp slow.plan kept
  mv slow.plan.new slow.plan
  try 0 make recheck TESTS='slow.plan two.plan'
  expect_in out '^PASS: slow.plan:slow$'
  mv kept slow.plan
done

# Where nothing can be written, that is said.
try 99 "$proctor" driver --test-name x --log-file nowhere/x.log \
  --trs-file x.trs -- two.plan
expect_in out 'error: cannot write "nowhere/x.log": No such file or directory$'
try 99 "$proctor" driver --test-name x --log-file x.log \
  --trs-file nowhere/x.trs -- two.plan
expect_in out 'error: cannot write "nowhere/x.trs": No such file or directory$'
try 2 "$proctor" driver --log-file x.log --color-tests maybe -- two.plan
expect_in out '"--test-name", which automake gives its test drivers, is missing$'
expect_in out '"--color-tests" is "yes" or "no", and not "maybe"$'
try 2 "$proctor" driver --test-name x --trs-file=x.trs --log-file
expect_in out '"--log-file" needs a value$'
cd ..

# From the tarball.
cd project || exit 99
try 0 ./configure
try 0 make distcheck
expect_in out 'greeter-1.0.tar.gz'
try 0 make distclean
cd ..

# Without proctor, and with one that is too old.
mkdir without
cd without || exit 99
try 0 ../project/configure PROCTOR=no
try 0 make check
counts 5 0 5 0 0 0 0
expect_in out '^SKIP: tests/one.plan \(there is no proctor\)$'
expect_in tests/one.trs '^:global-test-result: SKIP$'
cd ..
sed -i 's/PROCTOR_INIT(.*/PROCTOR_INIT([99])/' project/configure.ac
(cd project && autoreconf -fi) >out 2>&1 || { cat out; fail "autoreconf for [99]"; }
try 1 project/configure
expect_in out 'error: .* is version [0-9.]+, and 99 is needed$'
try 0 project/configure PROCTOR=no
try 1 project/configure PROCTOR=/bin/false
expect_in out 'error: /bin/false cannot be run, or is another program$'
try 1 env -u PROCTOR PATH=/usr/bin:/bin project/configure
expect_in out 'error: there is no proctor in PATH, and no PROCTOR='
finish
