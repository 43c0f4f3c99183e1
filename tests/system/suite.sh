#!/bin/sh
# The suite file: plans and options from it, and what goes before it.

# shellcheck disable=SC2016 # plans
example=$(realpath "${top_srcdir:-$(dirname "$0")/../..}")/doc/examples/suite
. "$(dirname "$0")/common"
unset PROCTOR_LOGDIR

mkdir -p suite/tests/slow
cp "$example/proctor.yaml" suite/
cat >suite/tests/quick.plan <<'PLAN'
test one { run --stdout=lang sh -c 'echo "$LANG ${SEED-none}"' }
test by-hand { tags manual; run false }
test flickers { run --stdout=seed sh -c 'echo "$LANG ${SEED-none}"' }
PLAN
cat >suite/tests/slow/long.plan <<'PLAN'
run true
PLAN

# listed DIRECTORY OPTION...: all in one line.
listed () {
  (cd "$1" && shift && "$proctor" list "$@" 2>&1) | xargs
}

all="tests/quick.plan:one tests/quick.plan:flickers tests/slow/long.plan:long"
expect "tests" "$(listed suite)" "$all"
expect "tests with a tag of an override" "$(listed suite --tags slow)" \
  tests/slow/long.plan:long
expect "tests of the profile" "$(listed suite --profile ci)" \
  "tests/quick.plan:one tests/quick.plan:by-hand tests/quick.plan:flickers tests/slow/long.plan:long"
expect "tests that are named" "$(listed suite tests/slow)" \
  tests/slow/long.plan:long
expect "tests from elsewhere" "$(listed . --suite suite/proctor.yaml -k one)" \
  suite/tests/quick.plan:one
(cd suite && "$proctor" list --no-suite >../out 2>&1)
expect "status without the file" $? 2
expect_in out 'error: no plan is given'

# Children have its variables, and logs go where it says.
(cd suite && "$proctor" --keep -j1 >../out 2>&1)
expect "status" $? 0
expect "environment" "$(cat suite/lang)" "C.UTF-8 none"
expect "environment of an override" "$(cat suite/seed)" "C.UTF-8 1"
test -d suite/logs || fail "the logs are not where the file says"

# What an override says of a wait, and what goes before that.
timeouts () {
  (cd suite && "$proctor" ops "$@" 2>&1) | grep -oE 'within [0-9a-z.]+' | xargs
}
expect "timeout" "$(timeouts tests/quick.plan:one)" "within 10s"
expect "timeout of an override" "$(timeouts tests/slow/long.plan)" "within 2m"
expect "timeout of the command line" \
  "$(timeouts --timeout 3s tests/slow/long.plan)" "within 3s"

# The messages are like those of plans; nothing is run.
printf 'defaults:\n  timout: 5s\nplans: [quick.plan]\n' >suite/tests/proctor.yaml
rm -f suite/tests/lang
(cd suite/tests && "$proctor" >out 2>&1)
expect "status with a mistake" $? 2
expect "what is said of it" "$(cat suite/tests/out)" \
  'proctor.yaml:2:3: error: there is no option "timout"
    2 |   timout: 5s
      |   ^~~~~~
proctor.yaml:2:3: note: did you mean "timeout"?'
test ! -e suite/tests/lang || fail "it was run all the same"

# Commands that take nothing from it do not read it.
(cd suite/tests && "$proctor" words >out 2>&1)
expect "status of another command" $? 0

# Somebody else's.
if [ "$(id -u)" = 0 ]; then
  chmod 755 "$top"
  cp "$proctor" ./proctor
  chmod 600 suite/proctor.yaml
  (cd suite && setpriv --reuid=65534 --regid=65534 --clear-groups \
    ../proctor list >../out 2>&1)
  expect "status with a file that cannot be read" $? 2
  expect_in out 'error: cannot read "proctor.yaml": Permission denied$'
fi
finish
