#!/bin/sh
# Nothing below main has a variable that outlives a call, except those listed
# here with what they are for.

. "$(dirname "$0")/common"
need objdump

# GLib wants the functions of a GSource where it could write.
allowed='[a-z_]*_funcs'

library=${top_builddir:-.}/libplan.a
[ -e "$library" ] || { echo "$library is not built"; exit 1; }
symbols=$(objdump -t "$library")
case $symbols in
  *__asan_* | *__gcov_*)
    echo "instrumented: it is full of the instruments' own"
    exit 77
    ;;
esac

echo "$symbols" | awk '
  /: +file format/ { file = $1; sub (/:$/, "", file) }
  / O (\.data|\.bss|\.tdata|\.tbss|\*COM\*|\.data\.rel|\.data\.rel\.local)\t/ {
    print file ": " $NF ": a variable that outlives a call" }' \
  | grep -vE ": ($allowed):" | grep . && failed=1

finish
