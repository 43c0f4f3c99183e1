#include "config.h"

#include "base/signame.h"

#include <glib.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

/* Where a number has two names, the one that is shown comes first. */
static const struct
{
  int number;
  const char *name;
} signals[] = {
  { SIGHUP, "HUP" },       { SIGINT, "INT" },       { SIGQUIT, "QUIT" },
  { SIGILL, "ILL" },       { SIGTRAP, "TRAP" },     { SIGABRT, "ABRT" },
  { SIGIOT, "IOT" },       { SIGBUS, "BUS" },       { SIGFPE, "FPE" },
  { SIGKILL, "KILL" },     { SIGUSR1, "USR1" },     { SIGSEGV, "SEGV" },
  { SIGUSR2, "USR2" },     { SIGPIPE, "PIPE" },     { SIGALRM, "ALRM" },
  { SIGTERM, "TERM" },     { SIGSTKFLT, "STKFLT" }, { SIGCHLD, "CHLD" },
  { SIGCLD, "CLD" },       { SIGCONT, "CONT" },     { SIGSTOP, "STOP" },
  { SIGTSTP, "TSTP" },     { SIGTTIN, "TTIN" },     { SIGTTOU, "TTOU" },
  { SIGURG, "URG" },       { SIGXCPU, "XCPU" },     { SIGXFSZ, "XFSZ" },
  { SIGVTALRM, "VTALRM" }, { SIGPROF, "PROF" },     { SIGWINCH, "WINCH" },
  { SIGIO, "IO" },         { SIGPOLL, "POLL" },     { SIGPWR, "PWR" },
  { SIGSYS, "SYS" },
};

/* Digits and nothing else, at most three; -1 if they are not. */
static int
small_number (const char *text)
{
  int number = 0;

  if (*text == '\0' || strlen (text) > 3)
    return -1;
  for (; *text != '\0'; text++)
    {
      if (!g_ascii_isdigit (*text))
        return -1;
      number = number * 10 + (*text - '0');
    }
  return number;
}

/* "RTMIN", "RTMIN+3", "RTMAX-1": from one end of the range inwards. */
static int
realtime_signal (const char *name)
{
  const bool is_min = strncmp (name, "RTMIN", 5) == 0;

  if (!is_min && strncmp (name, "RTMAX", 5) != 0)
    return 0;
  if (name[5] == '\0')
    return is_min ? SIGRTMIN : SIGRTMAX;
  if (name[5] != (is_min ? '+' : '-'))
    return 0;

  const int distance = small_number (name + 6);

  if (distance < 0 || distance > SIGRTMAX - SIGRTMIN)
    return 0;
  return is_min ? SIGRTMIN + distance : SIGRTMAX - distance;
}

int
signal_from_name (const char *name)
{
  const int number = small_number (name);

  if (number >= 0)
    return number < NSIG ? number : 0;
  if (strncmp (name, "SIG", 3) == 0)
    name += 3;
  for (size_t i = 0; i < G_N_ELEMENTS (signals); i++)
    if (strcmp (signals[i].name, name) == 0)
      return signals[i].number;
  return realtime_signal (name);
}

/* The name without "SIG"; NULL if it has none. */
static const char *
find_name (int number)
{
  for (size_t i = 0; i < G_N_ELEMENTS (signals); i++)
    if (signals[i].number == number)
      return signals[i].name;
  return NULL;
}

const char *
signal_name (int number, char buffer[SIGNAL_NAME_SIZE])
{
  const char *const name = find_name (number);

  if (name != NULL)
    (void)snprintf (buffer, SIGNAL_NAME_SIZE, "SIG%s", name);
  else if (number == SIGRTMIN)
    (void)g_strlcpy (buffer, "SIGRTMIN", SIGNAL_NAME_SIZE);
  else if (number > SIGRTMIN && number <= SIGRTMAX)
    (void)snprintf (buffer, SIGNAL_NAME_SIZE, "SIGRTMIN+%d", number - SIGRTMIN);
  else
    (void)snprintf (buffer, SIGNAL_NAME_SIZE, "%d", number);
  return buffer;
}

void
signal_name_each (void (*each) (const char *name, void *data), void *data)
{
  for (size_t i = 0; i < G_N_ELEMENTS (signals); i++)
    each (signals[i].name, data);
}
