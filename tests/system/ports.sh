#!/bin/sh
# A port that freePort has given is not given again in the run, however often
# the line is run and whoever runs it.

. "$(dirname "$0")/common"

# each_once WHAT N: the ports of all plans, one a line in the file "ports".
each_once () {
  expect "ports given to $1" "$(wc -l <ports)" "$2"
  expect "ports given twice to $1" "$(sort ports | uniq -d)" ""
  rm ports
}

# More tries, rounds and tests than a block of ports has.
cat >tries.plan <<PLAN
test tries {
    eventually within 1m every 1ms {
        port = freePort
        run sh -c 'echo \$1 >>$top/ports; test \$(wc -l <$top/ports) -ge 200' sh \$port
    }
}
PLAN
"$proctor" --no-history tries.plan >out 2>&1
expect "status of tries" $? 0
each_once "tries" 200

cat >layers.plan <<PLAN
layer l { sharing split; setup { port = freePort; run sh -c 'echo \$1 >>$top/ports' sh \$port } }
for i in 1..3 {
    test t\$i {
        uses l
        port = freePort
        run sh -c 'echo \$1 >>$top/ports; test ! -e $top/stop' sh \$port
    }
}
PLAN
"$proctor" --no-history -j 4 --repeat 50 layers.plan >out 2>&1
expect "status of rounds" $? 0
expect_in out '^150 passed'
expect "ports given twice in layers" "$(sort ports | uniq -d)" ""
rm ports

# Tries of --retries, and several proctors at once.
touch stop
for i in 1 2 3; do
  "$proctor" --no-history -j 2 --retries 30 layers.plan >out.$i 2>&1 &
done
wait
expect "ports given twice by several" "$(sort ports | uniq -d)" ""
[ "$(wc -l <ports)" -gt 270 ] || fail "there were no tries"
rm ports stop

# Until it fails, for the hundredth time.
cat >rounds.plan <<PLAN
test rounds {
    port = freePort
    run sh -c 'echo \$1 >>$top/ports; test \$(wc -l <$top/ports) -lt 100' sh \$port
}
PLAN
"$proctor" --no-history --until-fail rounds.plan >out 2>&1
expect "status of rounds until one fails" $? 1
each_once "rounds" 100

# In a network of its own, with no port left.
cat >all.plan <<'PLAN'
test all {
    repeat 12736 { port = freePort }
    port = freePort
}
PLAN
if unshare -rn true 2>/dev/null; then
  unshare -rn "$proctor" --no-history all.plan >out 2>&1
  expect "status with no port left" $? 99
  expect_in out '^all.plan:3:5: error: no TCP port is left: 12736 were given in'
fi
finish
