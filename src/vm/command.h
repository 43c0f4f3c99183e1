/* command.h - from a plan's spawn to what a child is started with */
#pragma once

#include "vm/launch.h"
#include "vm/values.h"

typedef struct
{
  LaunchSpec spec;
  GPtrArray *argv;      /* owned: spec.argv */
  GPtrArray *strings;   /* owned: to be handed to launcher_start() */
  LaunchUser *user;     /* owned */
  int stdin_fd;         /* owned: of a here-document; -1: none */
  const char *searched; /* the PATH that is searched; NULL: none is */
  const char *only_path[2];
} Command;

void command_clear (Command *command);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Command, command_clear)

typedef struct Commands Commands;

/* All are borrowed.  @inherited_stdin is what `--stdin=inherit` gives. */
Commands *commands_new (Values *values, int log_dir, int inherited_stdin);
void commands_free (Commands *commands);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Commands, commands_free)

/* Fills @command, but for its log files, its pipe and its terminal. */
bool commands_prepare (Commands *commands, const PlanSpawn *spawn,
                       Command *command, GError **error);
