#!/bin/sh
# ChangeLog: newest first; entries "* area: what changed", of at most 80
# columns, under the version they are in.

. "$(dirname "$0")/common"

[ -s ChangeLog ] || { complain ChangeLog "is missing or empty"; finish; }
perl -ne '
  chomp;
  my $wrong = sub { print "ChangeLog:$.: @_\n" };
  $wrong->("longer than 80 columns") if length > 80;
  if (/^proctor \d+\.\d+/) { undef $in; $heading = 1; }
  elsif (/^\* (.*)/) {
    $wrong->("begin with a heading: proctor VERSION") if !$heading;
    $wrong->("the same entry twice (a merge?)") if $seen{$1}++;
    $wrong->("say what it is about: \"* area: what changed\"")
      if $1 !~ /^[a-z][\w, -]*: \S/;
    $in = 1;
  }
  elsif (/^  \S/) { $wrong->("belongs to no entry") if !$in; }
  elsif (/\S/) { $wrong->("neither a heading, \"* area: \", nor two blanks"); }
' ChangeLog | grep . && failed=1

finish
