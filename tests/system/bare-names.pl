# bare-names.pl - random plans, and what a bare name means in each
#
#   bare-names.pl PROCTOR FIRST LAST
#
# Plan N is made of the random number N.  What its names mean is said by a model
# of the rule, as the manual has it, which knows nothing of the compiler: each
# line is an event, an event is before another one if there is a way from the
# one to the other, and nothing else is known.  `proctor ops` must show the same
# processes, or refuse the plan if the model does.

use strict;
use warnings;

my ($proctor, $first, $last) = @ARGV;
my @commands = ('true', 'echo');

# --- A plan ------------------------------------------------------------------
#
# A line is [WORD, COMMAND], [repeat, TIMES, LINES], [macro, N, LINES],
# [defer, LINES], [thread, N, IS_QUIET, LINES] or [join, N, STATUS].

my ($room, @macros, $n_threads);

sub one_of { return $_[rand @_] }

sub make_lines {
  my ($depth, $is_in_frame) = @_;
  my (@lines, @started);
  for (0 .. rand 6) {
    last if $room-- <= 0;
    my $x = rand;
    my $command = one_of (@commands);
    if ($x < .78) {
      my $word = $x < .28 ? 'run' : $x < .4 ? 'spawn' : $x < .55 ? 'wait'
        : $x < .62 ? 'signal' : $x < .66 ? 'stop' : 'check';
      push @lines, [$word, $command];
    } elsif ($x < .82) {
      push @lines, ['check', "$command-1"];
    } elsif ($x < .86) {
      my @words = ('run', 'wait', 'check', 'signal', 'stop');
      push @lines, ['defer', [map { [one_of (@words), $command] } 0 .. rand 3]];
    } elsif ($depth == 3) {
      next;
    } elsif ($x < .90) {
      push @lines, ['repeat', one_of (1, 2), make_lines ($depth + 1, 1)];
    } elsif ($x < .94) {
      my $lines = make_lines ($depth + 1, 1);
      push @macros, $lines;
      push @lines, (['macro', $#macros, $lines]) x one_of (1, 2);
    } elsif (!$is_in_frame) {
      my ($number, $is_quiet) = ($n_threads++, rand () < .3);
      push @lines, ['thread', $number, $is_quiet, make_lines ($depth + 1, 0)];
      push @started, [$number, $is_quiet];
    }
    push @lines, make_join (shift @started) if @started && rand () < .3;
  }
  push @lines, map { rand () < .6 ? make_join ($_) : () } @started;
  return \@lines;
}

sub make_join {
  my ($number, $is_quiet) = @{ $_[0] };
  return ['join', $number, $is_quiet ? one_of ('', ' 0', ' any') : ''];
}

my %form = (wait => 'wait %s', signal => 'signal -CONT %s', stop => 'stop %s',
            run => 'run %s', spawn => 'spawn %s', check => 'check %s empty');

sub text {
  my $text = '';
  for (@{ $_[0] }) {
    my ($word, @rest) = @$_;
    $text .= $form{$word} ? sprintf ($form{$word}, $rest[0])
      : $word eq 'repeat' ? "repeat $rest[0] {\n" . text ($rest[1]) . '}'
      : $word eq 'macro' ? "m$rest[0]"
      : $word eq 'defer' ? "defer {\n" . text ($rest[0]) . '}'
      : $word eq 'join' ? "wait t$rest[0]$rest[1]"
      : "t$rest[0] = spawnThread " . ($rest[1] ? 'quiet ' : '') . "{\n"
        . text ($rest[2]) . '}';
    $text .= "\n";
  }
  return $text;
}

# --- The model ---------------------------------------------------------------

my (@before, @thread_of); # of each event: those just before it, its thread
my (%at, %thread);        # the last event of each thread, and what is known
my (@processes, @scopes, $n_scopes, $now, @meant, @defers, $section, $place);

# Only events before another one have a lower number.
sub is_before {
  my ($one, $other) = @_;
  my (%seen, @todo);
  push @todo, $other;
  while (defined (my $event = pop @todo)) {
    return 1 if $event == $one;
    push @todo, @{ $before[$event] } unless $event < $one || $seen{$event}++;
  }
  return 0;
}

sub event {
  push @before, [@_];
  push @thread_of, $now;
  return $at{$now} = $#before;
}

sub step { return event ($at{$now}) }

sub is_part_of {
  my ($number, $of) = @_;
  while ($number != $of) {
    return 0 if $number == 0;
    $number = $thread{$number}{starter};
  }
  return 1;
}

# The threads that are waited for on the way from one to an event.
sub way {
  my ($number, $event) = @_;
  my @way;
  until (is_part_of ($thread_of[$event], $number)) {
    my $it = $thread{$number};
    die "way\n" unless defined $it->{joined} && is_before ($it->{joined}, $event);
    push @way, $number;
    $number = $it->{joiner};
  }
  return @way;
}

sub is_over {
  my ($p, $event) = @_;
  return 0 unless defined $p->{gone} && $p->{gone} < $event;
  return 1 if defined $section && $event >= $section->{first};
  return 0 unless is_before ($p->{gone}, $event);
  for (way ($p->{gone_thread}, $event)) {
    return 0 if $thread{$_}{may_fail} && !is_part_of ($p->{thread}, $_);
  }
  return 1;
}

# What counts in a scope: what has started before, or, in a cleanup section, was
# there where that stands.
sub counting {
  my ($inside, $event) = @_;
  return grep { is_before ($_->{start}, $event) } @$inside unless $section;
  my @known = grep { $_->{section} == $section->{number}
                     || (!$_->{section} && is_before ($_->{start}, $place)) } @$inside;
  return @known ? @known : @$inside;
}

sub find {
  my ($word, $name) = @_;
  my ($command, $number) = split /-/, $name;
  my $takes_open = $word eq 'wait' || $word eq 'signal';
  my $event = step ();
  for my $scope (reverse @scopes) {
    my @inside = grep { $_->{command} eq $command && $_->{scopes}{$scope}
      && (!$section || !$scope || !$_->{section}
          || $_->{section} == $section->{number}) } @processes;
    my @counting = counting (\@inside, $event) or next;
    return use_it ($word, $inside[$number] // die ("number\n"), $event)
      if $number;
    my ($open) = grep { !is_over ($_, $event) } @counting;
    my $newest = pop @counting;
    return use_it ($word, $open // $newest, $event) if $takes_open;
    die "several\n" if grep { !is_over ($_, $newest->{start}) } @counting;
    return use_it ($word, $newest, $event);
  }
  die "none\n";
}

# Whether it may be used so.
sub use_it {
  my ($word, $p, $event) = @_;
  die "gone\n" if $word ne 'check' && defined $p->{gone};
  unless ($section) {
    die "not there\n" unless is_before ($p->{start}, $event);
    die "may have failed\n" if grep { $thread{$_}{may_fail} } way ($p->{thread}, $event);
    if ($word eq 'wait') { way ($_, $event) for @{ $p->{users} } }
  }
  push @{ $p->{users} }, $now if $word ne 'check' && $now;
  push @meant, "$word $p->{name}";
  @$p{'gone', 'gone_thread'} = ($event, $now) if $word eq 'wait';
  return;
}

sub start {
  my ($command) = @_;
  my $n = grep { $_->{command} eq $command } @processes;
  my $p = { command => $command, name => $n ? "$command-$n" : $command,
            start => step (), thread => $now, users => [],
            section => $section ? $section->{number} : 0,
            scopes => { map { $_ => 1 } @scopes } };
  push @processes, $p;
  push @meant, "spawn $p->{name}";
  return $p;
}

sub in_scope {
  push @scopes, ++$n_scopes;
  run_lines ($_[0]);
  pop @scopes;
}

sub run_thread {
  my ($number, $is_quiet, $lines) = @_;
  my $starter = $now;
  my $started = step ();
  $now = $number + 1;
  $thread{$now} = { starter => $starter, is_quiet => $is_quiet };
  event ($started);
  in_scope ($lines);
  $now = $starter;
}

sub run_lines {
  for (@{ $_[0] }) {
    my ($word, @rest) = @$_;
    if ($word eq 'spawn' || $word eq 'run') {
      my $p = start ($rest[0]);
      next if $word eq 'spawn';
      @$p{'gone', 'gone_thread'} = (step (), $now);
      push @meant, "wait $p->{name}";
    } elsif ($form{$word}) { find ($word, $rest[0]) }
    elsif ($word eq 'repeat') { in_scope ($rest[1]) for 1 .. $rest[0] }
    elsif ($word eq 'macro') { in_scope ($rest[1]) }
    elsif ($word eq 'thread') { run_thread (@rest) }
    elsif ($word eq 'defer') { push @defers, [$rest[0], [@scopes], step ()] }
    else {
      my $it = $thread{ $rest[0] + 1 };
      $it->{joined} = event ($at{$now}, $at{ $rest[0] + 1 });
      $it->{joiner} = $now;
      $it->{may_fail} = $it->{is_quiet} && $rest[1] ne ' 0';
    }
  }
}

# What the names mean, a line each; or "refused".
sub meaning {
  my ($lines) = @_;
  (@before, @thread_of, @processes, @meant, @defers, %at, %thread) = ();
  ($now, $n_scopes, $section, $place, @scopes) = (0, 0, undef, undef, 0);
  eval {
    event ();
    run_lines ($lines);
    for my $defer (reverse @defers) {
      $section = { number => ($section ? $section->{number} : 0) + 1,
                   first => $section ? $section->{first} : scalar @before };
      @scopes = @{ $defer->[1] };
      $place = $defer->[2];
      run_lines ($defer->[0]);
    }
  };
  my $why = $@;
  die $why if $why =~ / at /;
  return $why ? "refused: $why" : join ("\n", @meant) . "\n";
}

# --- What proctor says -------------------------------------------------------

sub answer {
  my ($text) = @_;
  open my $plan, '>', 'random.plan' or die;
  print $plan $text;
  close $plan;
  my @ops = `$proctor ops random.plan 2>errors`;
  return 'refused' if $? >> 8 == 2;
  return join '', map {
    /^ *\d+  (spawn|wait|stop|check) ([\w-]+):?/ ? "$1 $2\n"
      : /^ *\d+  signal \S+ ([\w-]+)/ ? "signal $1\n" : '';
  } @ops;
}

my %n;
for my $number ($first .. $last) {
  srand $number;
  ($room, $n_threads, @macros) = (4 + rand 20, 0);
  my $lines = make_lines (0, 0);
  unshift @$lines, map { [one_of ('run', 'run', 'spawn'), $_] } @commands
    unless rand () < .1;
  next unless @$lines;
  my $text = join '', map { "def m$_ {\n" . text ($macros[$_]) . "}\n" } 0 .. $#macros;
  $text .= "test random {\n" . text ($lines) . "}\n";
  my ($wanted, $got) = (meaning ($lines), answer ($text));
  my $is_refused = $wanted =~ /^refused/;
  $n{ $is_refused ? 'refused' : 'taken' }++;
  next if $is_refused ? $got eq 'refused' : $got eq $wanted;
  print "plan $number:\n$text\nthe model:\n$wanted\nproctor:\n$got\n";
  exit 1;
}
# A model that refuses all of them shows nothing.
die "too few plans are taken\n" if ($n{taken} // 0) * 5 < $last - $first;
