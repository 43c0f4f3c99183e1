/* command.h - from a plan's spawn to what a child is started with */
#pragma once

#include "vm/child/launch.h"
#include "vm/values.h"

typedef struct
{
  LaunchSpec spec;
  GPtrArray *argv;      /* owned: spec.argv */
  GPtrArray *strings;   /* owned: to be handed to launcher_start() */
  int stdin_fd;         /* owned: of a here-document or a pipe; -1: none */
  int log_fds[2];       /* owned: logs that are there already; -1: none */
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

/* Its log on this stream; @fd (takes) is 0 if the child is to make it. */
void command_set_log (Command *command, int stream, const char *name, int fd);
/* To be written by us. */
int command_take_log (Command *command, int stream);

/* Fills @command, but for its logs, its pipe and its terminal. */
bool commands_prepare (Commands *commands, const PlanSpawn *spawn,
                       Command *command, GError **error);
