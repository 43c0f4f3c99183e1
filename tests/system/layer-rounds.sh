#!/bin/bash
# Rounds of --repeat and --until-fail have layers of their own; the tries of a
# test have not.

# shellcheck disable=SC2016 # plans
. "$(dirname "$0")/common"
unset PROCTOR_JOBS PROCTOR_RETRIES
export TOP=$top PROCTOR_NO_HISTORY=1

# marks ARGUMENT...: runs proctor; what its plans have marked, in that order.
marks () {
  rm -f marks tries
  touch marks
  "$proctor" --progress=none "$@" >out 2>&1
  echo $? >status
  xargs <marks
}

# status WHAT STATUS
status () {
  expect "status of $1" "$(cat status)" "$2"
}

tools='def mark text { run sh -c "echo \"\$0\" >>$TOP/marks" $text }'

for sharing in turn shared split; do
  cat >$sharing.plan <<PLAN
$tools
layer base {
    sharing $sharing
    setup { mark "up"; keeper = spawn --daemon sleep 1000; place = pid keeper }
    teardown { mark "down" }
}
test a { uses base; mark "test" ; run sh -c 'echo "\$0 a" >>"\$TOP/places"' \$place }
test b { uses base; mark "test" ; run sh -c 'echo "\$0 b" >>"\$TOP/places"' \$place }
test alone { run true }
PLAN
  one="up test test down"
  for option in -j1 --shuffle; do
    expect "$sharing, three rounds with $option" \
      "$(marks --repeat=3 $option $sharing.plan)" "$one $one $one"
    status "three rounds with $option" 0
  done
done

# At once: a layer that is not split is up once at a time, and each set-up of any
# has tests of one round, so that none of them comes twice.
for sharing in turn shared split; do
  rm -f places
  all=$(marks --repeat=4 -j 8 $sharing.plan)
  status "$sharing, four rounds at once" 0
  expect "$sharing: tests that came twice to a set-up" "$(sort places | uniq -d)" ""
  expect "$sharing: tests that ran" "$(wc -l <places)" 8
  expect "$sharing: set-ups that were torn down" "$(grep -c up marks)" "$(grep -c down marks)"
  [ $sharing = split ] || expect "$sharing, four rounds at once" "$all" "$one $one $one $one"
done

# Layers that stand on each other, and a test that uses two of which neither does.
cat >stack.plan <<PLAN
$tools
layer low { setup { mark "low" }; teardown { mark "/low" } }
layer high { extends low; setup { mark "high" }; teardown { mark "/high" } }
layer other { setup { mark "other" }; teardown { mark "/other" } }
test a { uses high; mark "a" }
test b { uses high other; mark "b" }
test c { uses low; mark "c" }
PLAN
one="low c high a other b /other /high /low"
for jobs in 1 4; do
  expect "layers on layers with -j $jobs" \
    "$(marks --repeat=2 -j $jobs stack.plan | tr ' ' '\n' | grep -c /low)" 2
  status "layers on layers" 0
  expect "all of layers on layers" "$(sort marks | uniq -c | awk '{ print $1 }' | sort -u)" 2
done

# A test that is tried again finds the layer as it is.
cat >tries.plan <<PLAN
$tools
layer base { setup { mark "up" }; teardown { mark "down" } }
test flickers { uses base; mark "test"; run sh -c 'echo x >>"\$0/tries"; test \$(wc -l <"\$0/tries") -eq 2' \$TOP }
PLAN
expect "tries in a layer" "$(marks --retries=1 tries.plan)" "up test test down"
status "tries in a layer" 0
expect "tries and rounds" "$(marks --retries=3 --repeat=2 tries.plan)" \
  "up test test down up test test test test down"

# Until one fails.
cat >until.plan <<PLAN
$tools
layer base { setup { mark "up" }; teardown { mark "down" } }
test a { uses base; mark "a" }
test third { uses base; mark "b"; run sh -c 'echo x >>"\$0/tries"; test \$(wc -l <"\$0/tries") -ne 3' \$TOP }
PLAN
one="up a b down"
expect "rounds until one fails" "$(marks --until-fail until.plan)" "$one $one $one"
status "rounds until one fails" 1
marks --until-fail -j 2 until.plan >/dev/null
status "rounds until one fails, at once" 1
expect "set-ups until one fails" "$(grep -c up marks) $(grep -c down marks)" "3 3"

# A layer that fails in one round fails that one.
cat >second.plan <<PLAN
$tools
layer base {
    setup { mark "up"; run sh -c 'echo x >>"\$0/tries"; test \$(wc -l <"\$0/tries") -ne 2' \$TOP }
    teardown { mark "down" }
}
test a { uses base; mark "a" }
PLAN
expect "a set-up that fails once" "$(marks --repeat=3 second.plan)" \
  "up a down up down up a down"
status "a set-up that fails once" 1
expect_in out '^ERROR +layer second.plan:base #2 .*could not be set up'
expect_in out '^ERROR +second.plan:a #2'
expect_in out '^2 passed, 1 error, 1 layer failed'
marks --until-fail second.plan >/dev/null
status "a set-up that fails in a later round" 1

cat >teardown.plan <<PLAN
$tools
layer base {
    setup { mark "up" }
    teardown { mark "down"; run sh -c 'echo x >>"\$0/tries"; test \$(wc -l <"\$0/tries") -ne 2' \$TOP }
}
test a { uses base; mark "a" }
PLAN
expect "a tear-down that fails in the second round" \
  "$(marks --until-fail teardown.plan)" "up a down up a down"
status "a tear-down that fails in the second round" 1
finish
