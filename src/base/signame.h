/* signame.h - signals by name (signal(7)) */
#pragma once

#include <stdbool.h>

/* Long enough for every name. */
#define SIGNAL_NAME_SIZE 16

/* "TERM", "SIGTERM", "RTMIN+3", "SIGRTMAX-1", "15"; 0 if there is none. */
int signal_from_name (const char *name);

/* "SIGTERM", "SIGRTMIN+3"; written into @buffer, which is returned. */
const char *signal_name (int number, char buffer[SIGNAL_NAME_SIZE]);

/* Calls @each with the name of every signal that has one, without "SIG". */
void signal_name_each (void (*each) (const char *name, void *data), void *data);
