# exit-rule.pl - random plans, and what the exit rule says of each
#
#   exit-rule.pl FIRST LAST PLAN VERDICTS
#
# Test tN of the plan is made of the random number N.  Its verdict is that of a
# model of the rule, as the manual has it, which knows nothing of the machine: an
# end may only come while an operation that waits for it is in progress, or the
# one before that.  Every end is an event at a known place: what is told to end
# is seen to be gone ("tell"), or is ended by a process that goes on when it is
# gone ("run", "chain"), so that no verdict depends on time.

use strict;
use warnings;

my %number = (HUP => 1, KILL => 9, ALRM => 14, TERM => 15);

# --- The model ---------------------------------------------------------------
#
# A plan is a list of steps: what is told to end before an operation, and the
# operation.  An end is a code, or the name of a signal.

sub matches {
  my ($status, $end) = @_;
  for my $one (split /\|/, $status) {
    return 1 if $one eq 'any' || $one eq $end || $one eq "SIG$end";
    return 1 if $one eq '!0' && $end ne '0';
    my ($low, $high) = $one =~ /^(\d+)\.\.(\d+)$/ or next;
    return 1 if $end =~ /^\d/ && $end >= $low && $end <= $high;
  }
  return 0;
}

# The STATUS that the operation wants of the process; undef: it does not wait.
sub wanted {
  my ($op, $p) = @_;
  return undef unless defined $op && $op->{word} =~ /^wait/;
  my ($wait) = grep { $_->[0] == $p } @{ $op->{waits} };
  return defined $wait ? $wait->[1] : undef;
}

sub verdict {
  my (@steps) = @_;
  my %process; # those that were started: flag, end (undef: it runs), judged

  # The end of a process while, or just before, operation $k is in progress.
  my $ended = sub {
    my ($k, $p, $end) = @_;
    my $it = $process{$p};
    $it->{end} = $end;
    my $status = wanted ($steps[$k]{op}, $p) // wanted ($steps[$k + 1]{op}, $p);
    if (defined $status) {
      $it->{judged} = 1;
      return matches ($status, $end) ? '' : "FAIL p$p status";
    }
    return $it->{flag} eq 'optional' ? '' : "FAIL p$p unexpected";
  };

  for my $k (0 .. $#steps) {
    my $op = $steps[$k]{op};
    for (@{ $steps[$k]{before} }) {
      my $failure = $ended->($k, @$_);
      return $failure if $failure;
    }
    next unless defined $op;
    $process{ $_->{p} } = { %$_ } for @{ $op->{starts} // [] };
    for (@{ $op->{during} // [] }) {
      my $failure = $ended->($k, @$_);
      return $failure if $failure;
    }
    my $is_kill = $op->{word} eq 'kill';
    my $is_one = @{ $op->{waits} // [] } == 1;
    for (@{ $op->{waits} // [] }) {
      my ($p, $status) = @$_;
      my $it = $process{$p};
      my $was_dead = defined $it->{end};
      next if $it->{judged};
      return 'FAIL' . ($is_one ? " p$p late" : '') if !$was_dead && !$is_kill;
      next if $was_dead && !defined $status; # `kill` of an optional one
      $it->{end} //= $op->{signal} eq 'TERM' && $it->{trap} || $op->{signal};
      return 'FAIL' . ($is_one ? " p$p status" : '')
        unless matches ($status // "SIG$op->{signal}", $it->{end});
    }
  }
  for my $p (sort { $a <=> $b } keys %process) {
    return "FAIL p$p running"
      if !defined $process{$p}{end} && $process{$p}{flag} eq 'plain';
  }
  return 'ok';
}

# --- Plans -------------------------------------------------------------------
#
# Mostly right: what is started is ended and waited for.  But now and then a
# status is wrong, or something comes between.

sub one_of { return $_[int rand @_] }

sub status_of {
  my ($end) = @_;
  my $name = $end =~ /^\d/ ? $end : "SIG$end";
  return one_of ('0', '3', 'SIGHUP', '!0', '1..4') if rand () < 0.12;
  return one_of ($name, $name, $name, 'any', "9|$name", $end eq '0' ? '0' : '!0');
}

sub make_plan {
  my (@steps, %alive, @due);
  my @before;
  my $n = 0;

  my $add = sub {
    push @steps, { before => [@before], op => $_[0] };
    @before = ();
  };
  my $make = sub {
    my $made = { p => ++$n,
      flag => one_of (qw(plain plain plain plain optional optional daemon)),
      trap => rand () < 0.3 ? one_of (3, 5) : undef };
    $alive{$n} = $made;
    return $made;
  };
  my $end_by = sub { # what becomes of a process at this signal
    my ($p, $signal) = @_;
    my $made = delete $alive{$p};
    return $signal eq 'TERM' && $made->{trap} || $signal;
  };
  my $wait = sub { # for those that are to be waited for, and are dead by then
    my ($during, @waits) = @_;
    $add->({ word => @waits == 1 && rand () < 0.7 ? 'wait' : 'waitPar',
      waits => \@waits, during => $during });
  };

  for (1 .. 4 + int rand 9) {
    # What has ended is waited for at once, or one or two operations later.
    if (@due && rand () < 0.65) {
      my @now = splice @due, 0, rand () < 0.3 ? 2 : 1;
      $wait->([], map { [$_->[0], status_of ($_->[1])] } @now);
      next;
    }
    my @can = sort { $a <=> $b } keys %alive;
    my $p = @can ? one_of (@can) : undef;
    my $do = defined $p ? one_of (qw(spawn tell tell wait wait kill kill run
      signal chain chain killing)) : 'spawn';
    if ($do eq 'spawn') {
      next if $n >= 6;
      my @starts = $n <= 4 && rand () < 0.3 ? ($make->(), $make->()) : $make->();
      $add->({ word => @starts > 1 ? 'spawnPar' : 'spawn', starts => \@starts });
    } elsif ($do eq 'run') {
      $add->({ word => 'run' });
    } elsif ($do eq 'tell') {
      my $end = one_of (0, 0, 3, 'HUP', 'ALRM');
      delete $alive{$p};
      push @before, [$p, $end];
      push @due, [$p, $end] unless rand () < 0.05;
    } elsif ($do eq 'wait') {
      my $end = one_of (0, 0, 3, 'HUP');
      my $is_late = rand () < 0.04;
      delete $alive{$p};
      $wait->($is_late ? [] : [[$p, $end]], [$p, status_of ($end)]);
      $steps[-1]{op}{is_late} = $is_late;
    } elsif ($do eq 'kill') {
      my $signal = one_of (qw(TERM TERM TERM KILL HUP));
      my @victims = map { [$_, $end_by->($_, $signal)] }
        @can > 1 && rand () < 0.3 ? @can[0, 1] : $p;
      # One that was told to end before: right only if it is optional.
      push @victims, pop @due if @due && rand () < 0.3;
      $add->({ word => 'kill', signal => $signal,
        waits => [map { [$_->[0], rand () < 0.5 ? undef : status_of ($_->[1])] }
          @victims] });
    } elsif ($do eq 'signal') {
      my $signal = one_of (qw(TERM HUP));
      my $end = $end_by->($p, $signal);
      $add->({ word => 'signal', signal => $signal, p => $p });
      push @before, [$p, $end, 'signalled'];
      push @due, [$p, $end];
    } elsif ($do eq 'killing') { # a `run` that ends it
      my $signal = one_of (qw(TERM HUP ALRM));
      my $end = $end_by->($p, $signal);
      $add->({ word => 'run', during => [[$p, $end]],
        others => [[$p, $signal]] });
      push @due, [$p, $end];
    } elsif (@can > 1) { # chain: what is waited for ends another
      my ($q) = grep { $_ != $p } @can;
      my $signal = one_of (qw(TERM HUP KILL));
      my $end = $end_by->($q, $signal);
      delete $alive{$p};
      my $is_both = rand () < 0.4;
      $wait->([[$q, $end], [$p, 0]], [$p, status_of (0)],
        $is_both ? [$q, status_of ($end)] : ());
      $steps[-1]{op}{chain} = [$p, $q, $signal];
      push @due, [$q, $end] unless $is_both;
    }
  }
  while (@due) {
    my $due = shift @due;
    $wait->([], [$due->[0], status_of ($due->[1])]);
  }
  for my $p (sort { $a <=> $b } keys %alive) {
    next if rand () < ($alive{$p}{flag} eq 'plain' ? 0.05 : 0.6);
    my $end = $end_by->($p, 'TERM');
    $add->({ word => 'kill', signal => 'TERM', waits => [[$p,
      $end eq 'TERM' && rand () < 0.5 ? undef : status_of ($end)]] });
  }
  push @steps, { before => [@before] };
  return @steps;
}

# --- As text -----------------------------------------------------------------

sub told {
  my ($end) = @_;
  return $end =~ /^\d/ ? "exit $end" : "die $number{$end}";
}

sub text_of_ends {
  my ($alive, $ends) = @_;
  my @lines;

  for (@$ends) {
    my ($p, $end, $is_signalled) = @$_;
    push @lines, sprintf 'send p%d "%s\n"', $p, told ($end)
      unless $is_signalled;
    delete $alive->{$p};
    push @lines, rand () < 0.5
      ? 'eventually every 1ms { check active == ' . keys (%$alive) . ' }'
      : ("file \$tmp/$p \"\$i$p\"", "await not pidfile:\$tmp/$p");
  }
  return @lines;
}

sub text_of_start {
  my ($op) = @_;
  my @commands = map {
    my $flag = $_->{flag} eq 'plain' ? '' : "--$_->{flag} ";
    my $trap = defined $_->{trap} ? " $_->{trap}" : '';
    "p$_->{p} = " . ($op->{word} eq 'spawn' ? 'spawn ' : '')
      . "$flag--stdin=pipe \$ODD obey$trap"
  } @{ $op->{starts} };

  return ($op->{word} eq 'spawn' ? @commands
      : 'spawnPar { ' . join ('; ', @commands) . ' }',
    map { ("expect p$_->{p} ready", "i$_->{p} = pid p$_->{p}") }
      @{ $op->{starts} });
}

sub text_of_wait {
  my ($op) = @_;
  my @waits = map { "p$_->[0]" . (defined $_->[1] ? " $_->[1]" : '') }
    @{ $op->{waits} };
  my @tells = map { sprintf 'send p%d "%s\n"', $_->[0], told ($_->[1]) }
    @{ $op->{during} // [] };
  my $limit = $op->{is_late} ? ' within 50ms' : '';

  @tells = sprintf 'send p%d "end $i%d %d 0\n"', @{ $op->{chain} }[0, 1],
    $number{ $op->{chain}[2] } if defined $op->{chain};
  return (@tells, $op->{word} eq 'kill' ? "kill -$op->{signal} @waits"
    : $op->{word} eq 'wait' ? "wait @waits$limit"
    : 'waitPar { ' . join ('; ', @waits) . " }$limit");
}

sub text {
  my (@steps) = @_;
  my (@lines, %alive);

  for my $step (@steps) {
    my $op = $step->{op};
    push @lines, text_of_ends (\%alive, $step->{before});
    last unless defined $op;
    push @lines, text_of_start ($op) if defined $op->{starts};
    push @lines, text_of_wait ($op) if defined $op->{waits};
    push @lines, join ' ', 'run $ODD end',
      map { "\$i$_->[0] $number{$_->[1]}" } @{ $op->{others} // [] }
      if $op->{word} eq 'run';
    push @lines, "signal -$op->{signal} p$op->{p}" if $op->{word} eq 'signal';
    $alive{ $_->{p} } = 1 for @{ $op->{starts} // [] };
    delete $alive{ $_->[0] }
      for @{ $op->{during} // [] }, @{ $op->{waits} // [] };
  }
  return @lines;
}

my ($first, $last, $plan, $verdicts) = @ARGV;
open my $plan_file, '>', $plan or die "$plan: $!";
open my $verdict_file, '>', $verdicts or die "$verdicts: $!";
for my $seed ($first .. $last) {
  srand $seed;
  my @steps = make_plan ();
  print $plan_file "test t$seed {\n", map ({ "    $_\n" } text (@steps)), "}\n";
  print $verdict_file "t$seed ", verdict (@steps), "\n";
}
close $plan_file or die "$plan: $!";
close $verdict_file or die "$verdicts: $!";
