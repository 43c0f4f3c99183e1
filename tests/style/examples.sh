#!/bin/sh
# The examples in our pages are lines of plans that the tests run, and the
# output shown is what those printed: so they cannot rot.
#
# A block begins with ```plan (found in a .plan), ```output (found in a .out),
# or with another name: ```sh, ```text, ... are only shown.

. "$(dirname "$0")/common"

# shellcheck disable=SC2046
perl -e '
  use strict;
  my (@plans, @outputs);
  sub slurp { local (@ARGV, $/) = shift; my $text = <>; $text }
  # As tests/golden/run replaces what differs from run to run.
  sub plain {
    my $text = shift;
    $text =~ s/^[ \t]+//mg;
    $text =~ s/\b\d+\.\d{3}s\b/0.000s/g;
    $text =~ s/\b20\d{6}T\d{6}Z/DATE/g;
    $text =~ s/\bpid \d+, sleeping.* of CPU$/pid PID, alive/mg;
    $text =~ s|\S*/proctor-logs/|logs/|g;
    "\n$text"
  }
  for (@ARGV) {
    push @plans, plain (slurp ($_)) if /\.plan$/;
    push @outputs, plain (slurp ($_)) if /\.out$/;
  }
  for my $page (grep { /\.md$/ } @ARGV) {
    my $text = slurp ($page);
    while ($text =~ /^( *)```(\w*)[^\n]*\n(.*?)^ *```$/msg) {
      my ($kind, $block) = ($2, plain ($3));
      my $line = 1 + (substr ($text, 0, $-[0]) =~ tr/\n//);
      my $in = $kind eq "plan" ? \@plans : $kind eq "output" ? \@outputs : undef;
      print "$page:$line: say what this is: ```plan, ```output, ```sh...\n"
        if $kind eq "";
      print "$page:$line: no ", $kind eq "plan" ? "plan" : "expected output",
        " of ours has these lines\n"
        if $in && !grep { index ($_, $block) >= 0 } @$in;
    }
  }' $(find plans tests/golden -name '*.plan' -o -name '*.out') \
  $(ls README.md doc/*.md 2>/dev/null) | grep . && failed=1

finish
