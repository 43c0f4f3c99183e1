#!/bin/sh
# A file has at most 1000 lines, a function 50, and it nests three deep.

. "$(dirname "$0")/common"

for file in $(find src tests bench -name '*.[ch]' -type f | sort) \
  grammar/*.[ly]; do
  [ -e "$file" ] || continue
  n=$(wc -l <"$file")
  [ "$n" -le 1000 ] || complain "$file:1000" "$n lines: more than 1000: cut it at a seam"
done

# In GNU style a function's braces are in the first column, and a block's
# lines are further in than the statement it belongs to.
# shellcheck disable=SC2046
code $(find src tests bench -name '*.c' -type f) | perl -ne '
  my ($file, $line, $text) = /^(.*?):(\d+):(.*)/ or next;
  if ($text =~ /^\s*#/ || $macro) { $macro = $text =~ /\\$/; next; }
  if ($text eq "{") {
    ($start, $name, @open) = ($line, $before =~ /\)/ ? $head : undef);
  } elsif ($text =~ /^\}/ && defined $name) {
    my $n = $line - $start - 1;
    print "$file:$start: $name() has $n lines, more than 50\n" if $n > 50;
    undef $name;
  } elsif (defined $name && $text =~ /^( *)(?:else )?(\S+)/) {
    my ($indent, $word) = (length $1, $2);
    pop @open while @open && $open[-1] >= $indent && $word !~ /^[{}]/;
    if ($word =~ /^(if|for|while|switch|do|else)$/) {
      push @open, $indent;
      print "$file:$line: ", scalar @open, " deep in $name(), more than 3\n"
        if @open > 3;
    }
  }
  $before = $text if $text =~ /\S/;
  $head = $1 if $text =~ /^(\w+) \(/;' | grep . && failed=1

finish
