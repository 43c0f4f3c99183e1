#!/bin/bash
# Logs on a file system that is full: lines are lost, and no test passes.  Each
# on a file system of its own, which needs root.

# shellcheck disable=SC2016 # plans, and scripts for other shells
. "$(dirname "$0")/common"

if [ "$(id -u)" != 0 ] || ! unshare --mount true; then
  echo "only root can mount file systems"
  exit 77
fi
chmod 755 "$top"
cp "$proctor" ./proctor
export PROCTOR_NO_HISTORY=yes

# The children do not tell that they could not write.
cat >much.plan <<'PLAN'
test much { run sh -c 'dd if=/dev/zero bs=64k count=600 2>/dev/null; exit 0' }
PLAN
cat >little.plan <<'PLAN'
test little { run echo hello }
PLAN
cat >others.plan <<'PLAN'
test others {
    run --user=nobody sh -c 'dd if=/dev/zero bs=64k count=600 2>/dev/null; exit 0'
}
PLAN
cat >copied.plan <<'PLAN'
test pipe { run --log=pipe sh -c 'head -c 2000000 /dev/zero; exit 0' }
test terminal { run --pty sh -c 'head -c 2000000 /dev/zero; exit 0' }
PLAN

# on MOUNT-ARGUMENTS COMMAND: in a mount of our own, by "full" and a user.
on () {
  unshare --mount sh -c '
    mkdir -p mnt && mount $1 mnt && mkdir mnt/logs mnt/open || exit 98
    chmod 777 mnt/open
    as_nobody () {
      setpriv --reuid=65534 --regid=65534 --clear-groups \
        ./proctor --logdir=mnt/open "$@"
    }
    as_root () {
      ./proctor --logdir=mnt/logs "$@"
    }
    eval "$2"' sh "$1" "$2" >out 2>&1
}

lost='error: no space is left for logs in ".*": lines may be lost'

# expect_lost WHERE MOUNT-ARGUMENTS COMMAND
expect_lost () {
  on "$2" "$3"
  expect "$1: status" $? 99
  expect_in out "$lost"
}

for size in 64k 1m 20m; do
  expect_lost "memory, $size" "-t tmpfs -o size=$size none" 'as_root much.plan'
  on "-t tmpfs -o size=$size none" 'as_root little.plan'
  expect "little in $size of memory" $? 0
done
expect_lost "memory, of a user" "-t tmpfs -o size=1m none" 'as_nobody much.plan'
on "-t tmpfs -o size=1m none" 'as_root copied.plan'
expect "logs that we write, and that are full" $? 99
expect "those that are told" "$(grep -c 'error: the log of "sh" could not be written' out)" 2

# No inode is left for a log, or none for what tries it out.
for n in 8 9 10 11 12 13 14; do
  on "-t tmpfs -o size=1m,nr_inodes=$n none" 'as_root little.plan'
  case $? in
    0 | 99) ;;
    *) fail "status with $n inodes: $?"; cat out ;;
  esac
done

# ext4 keeps blocks back, for itself and for root.
new_image () {
  truncate -s 0 image && truncate -s 24M image && mkfs.ext4 -q image 2>/dev/null
}

if new_image && on "-o loop image" true; then
  for command in 'as_root much.plan' 'as_nobody much.plan' 'as_root others.plan'; do
    new_image
    expect_lost "ext4, $command" "-o loop image" "$command"
  done
  new_image
  on "-o loop image" 'as_root little.plan && as_nobody little.plan'
  expect "ext4, little" $? 0
else
  echo "skipped: ext4, for which there is no loop device, or no mkfs.ext4"
fi
finish
