#!/bin/sh
# The top of each file: what it is, `#pragma once`, and its includes in order.

. "$(dirname "$0")/common"

for file in $(find src tests bench -name '*.h' -type f | sort); do
  name=$(basename "$file")
  head -n 1 "$file" | grep -qE "^/\* $name - ." \
    || complain "$file:1" "begin with a comment: /* $name - what it is"
  grep -qx '#pragma once' "$file" || complain "$file:1" "no #pragma once"
done

# config.h, the own header, ours, then GLib and the system, each group sorted.
find src tests/unit -name '*.c' -type f | sort | while read -r file; do
  own=$(echo "$file" | sed -E 's|^src/||; s|\.c$|.h|')
  [ -e "src/$own" ] || own=
  own=$own perl -ne '
    BEGIN { ($file, $own) = ($ARGV[0], $ENV{own}); $old = ""; $last = "config.h" }
    if (!/^# *include *(["<])(.*)[">]/) { $old = "" if !/\S/; next; }
    my ($kind, $path) = ($1, $2);
    next if $path =~ /\.def$/;
    $n++;
    my $place = "$file:$.: \"$path\"";
    if ($n == 1) {
      print "$file:$.: the first include is \"config.h\"\n"
        if $path ne "config.h";
    } elsif ($n == 2 && $own ne "") {
      print "$file:$.: the second include is \"$own\", its own\n"
        if $path ne $own;
    } else {
      print "$place: ours come before the system\x27s\n"
        if $kind eq "\"" && $angled;
      print "$place: after " . substr ($old, 1) . ": not sorted\n" if $old gt "$kind$path";
      $old = "$kind$path";
      $angled = 1 if $kind eq "<";
    }' "$file"
done | grep . && failed=1

finish
