/* cli.h - the program, but for its first steps */
#pragma once

/* Does what the command line says; returns the exit status. */
int cli_main (int argc, char **argv);
