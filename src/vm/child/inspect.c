#include "config.h"

#include "vm/child/inspect.h"

#include "base/units.h"
#include "base/visible.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <unistd.h>

/* /proc tells ticks of this many microseconds (sysconf(3), _SC_CLK_TCK). */
#define MICROSECS_PER_SEC 1000000

/* In the flags that it tells (PF_EXITING and PF_FORKNOEXEC, linux/sched.h). */
#define FLAG_EXITING 0x4
#define FLAG_NO_EXEC 0x40

/* So far the clock of the kernel's log may be off. */
#define CLOCK_DIFFERENCE_MICROSECS (INT64_C (3600) * MICROSECS_PER_SEC)

/* How much of a file of /proc is of interest. */
#define MAX_FILE (64 * 1024)

static bool
read_file (const char *path, GString *out)
{
  const int fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return false;

  g_string_truncate (out, 0);
  for (;;)
    {
      char buffer[4096];
      const ssize_t n = read (fd, buffer, sizeof buffer);
      if (n < 0 && errno == EINTR)
        continue;
      if (n > 0)
        g_string_append_len (out, buffer, n);
      if (n <= 0 || out->len >= MAX_FILE)
        {
          (void)close (fd);
          return n >= 0;
        }
    }
}

static bool
read_proc (pid_t pid, const char *name, GString *out)
{
  char path[64];

  (void)g_snprintf (path, sizeof path, "/proc/%d/%s", (int)pid, name);
  return read_file (path, out);
}

static int64_t
ticks_microsecs (int64_t n_ticks)
{
  return n_ticks * (MICROSECS_PER_SEC / sysconf (_SC_CLK_TCK));
}

static bool
parse_stat (const GString *text, InspectStat *stat)
{
  /* The name, in brackets, may hold anything; what follows does not. */
  const char *rest = strrchr (text->str, ')');
  int parent = 0;
  unsigned flags = 0;
  unsigned long user = 0, system = 0;
  long waited_user = 0, waited_system = 0, n_threads = 0;
  unsigned long long start = 0;
  if (rest == NULL
      || sscanf (rest + 1,
                 " %c %d %*d %*d %*d %*d %u %*u %*u %*u %*u %lu %lu %ld %ld "
                 "%*d %*d %ld %*d %llu",
                 &stat->state, &parent, &flags, &user, &system, &waited_user,
                 &waited_system, &n_threads, &start)
             != 9)
    return false;

  stat->parent = parent;
  stat->start_ticks = start;
  stat->has_no_exec = (flags & FLAG_NO_EXEC) != 0;
  stat->is_exiting = (flags & FLAG_EXITING) != 0;
  stat->cpu_microsecs = ticks_microsecs ((int64_t)(user + system));
  stat->waited_microsecs = ticks_microsecs (waited_user + waited_system);
  stat->n_threads = (unsigned)n_threads;
  return true;
}

static bool
has_ended (const InspectStat *stat)
{
  return stat->state == 'Z' || stat->state == 'X';
}

/* Takes from a thread that lives what the first one can tell no more. */
static void
ask_other_thread (pid_t pid, GString *text, InspectStat *stat)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/task", (int)pid);
  DIR *threads = opendir (path);
  if (threads == NULL)
    return;

  for (struct dirent *entry; (entry = readdir (threads)) != NULL;)
    {
      g_autofree char *name
          = g_strconcat (path, "/", entry->d_name, "/stat", NULL);
      InspectStat other;
      if (entry->d_name[0] == '.' || !read_file (name, text)
          || !parse_stat (text, &other) || has_ended (&other))
        continue;
      stat->thread = (pid_t)strtol (entry->d_name, NULL, 10);
      stat->state = other.state;
      stat->has_no_exec = other.has_no_exec;
      stat->is_exiting = other.is_exiting;
      break;
    }
  (void)closedir (threads);
}

bool
inspect_stat (pid_t pid, InspectStat *stat)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (!read_proc (pid, "stat", text) || !parse_stat (text, stat))
    return false;
  stat->thread = pid;
  if (has_ended (stat) && stat->n_threads > 1)
    ask_other_thread (pid, text, stat);
  return true;
}

bool
inspect_is_dead (const InspectStat *stat)
{
  return has_ended (stat) && stat->n_threads <= 1;
}

static pid_t
find_thread (pid_t pid)
{
  InspectStat stat;
  return inspect_stat (pid, &stat) ? stat.thread : pid;
}

char *
inspect_path (pid_t pid, const char *name)
{
  return g_strdup_printf ("/proc/%d/%s", (int)find_thread (pid), name);
}

bool
inspect_is_stopped (pid_t pid)
{
  InspectStat stat;

  return inspect_stat (pid, &stat) && stat.state == 'T';
}

bool
inspect_rss (pid_t pid, uint64_t *n_bytes)
{
  static const char field[] = "\nVmRSS:";
  g_autoptr (GString) text = g_string_new (NULL);
  if (!read_proc (find_thread (pid), "status", text))
    return false;

  const char *line = strstr (text->str, field);
  if (line == NULL) /* it is dead */
    return false;
  *n_bytes = g_ascii_strtoull (line + strlen (field), NULL, 10) * 1024;
  return true;
}

const char *
inspect_state_name (char state)
{
  static const struct
  {
    char state;
    const char *name;
  } names[] = { { 'R', "running" },
                { 'S', "sleeping" },
                { 'D', "in the kernel, not to be disturbed" },
                { 'T', "stopped" },
                { 't', "stopped by a tracer" },
                { 'Z', "dead, not reaped by its parent" },
                { 'X', "dead" },
                { 'I', "idle" } };

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    if (names[i].state == state)
      return names[i].name;
  return "in an unknown state";
}

void
inspect_append_state (pid_t pid, GString *out)
{
  InspectStat stat;
  if (!inspect_stat (pid, &stat))
    {
      g_string_append (out, "gone");
      return;
    }

  g_string_append (out, inspect_state_name (stat.state));
  g_autoptr (GString) place = g_string_new (NULL);
  if ((stat.state == 'S' || stat.state == 'D')
      && read_proc (stat.thread, "wchan", place) && place->len > 1)
    {
      g_string_append (out, " in ");
      visible_append (out, place->str, place->len);
    }
  g_string_append (out, ", ");
  duration_append (out, stat.cpu_microsecs);
  g_string_append (out, " of CPU");

  g_autoptr (GArray) children = g_array_new (FALSE, FALSE, sizeof (pid_t));
  inspect_append_children (pid, children);
  if (children->len > 0)
    g_string_append_printf (out, ", %u %s", children->len,
                            children->len == 1 ? "child" : "children");
}

/* A title that a program has given itself (nginx, redis) is filled up with NULs
 * to the length of what was there; a command seldom ends in empty words. */
static void
cut_off_filling (GString *command)
{
  gsize n = command->len;

  while (n > 0 && command->str[n - 1] == '\0')
    n--;
  if (command->len - n > 3)
    g_string_truncate (command, n);
}

void
inspect_append_command (pid_t pid, GString *out)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (read_proc (find_thread (pid), "cmdline", text))
    cut_off_filling (text);
  if (text->len > 0)
    {
      const char *end = text->str + text->len;
      for (const char *word = text->str; word < end;
           word += strnlen (word, (size_t)(end - word)) + 1)
        {
          if (word != text->str)
            g_string_append_c (out, ' ');
          visible_append_quoted (out, word,
                                 strnlen (word, (size_t)(end - word)));
        }
    }
  else if (read_proc (pid, "comm", text) && text->len > 0)
    {
      g_string_append_c (out, '[');
      visible_append (out, text->str, text->len - 1);
      g_string_append_c (out, ']');
    }
  else
    g_string_append (out, "[unknown]");
}

/* --- Children ---------------------------------------------------------- */

static void
append_numbers (const char *text, GArray *numbers)
{
  char *end;

  for (;; text = end)
    {
      const pid_t pid = (pid_t)strtol (text, &end, 10);
      if (end == text)
        return;
      g_array_append_val (numbers, pid);
    }
}

/* Where the kernel does not list children (CONFIG_PROC_CHILDREN). */
static void
append_children_by_search (pid_t parent, GArray *children)
{
  DIR *processes = opendir ("/proc");
  if (processes == NULL)
    return;

  for (struct dirent *entry; (entry = readdir (processes)) != NULL;)
    {
      const pid_t pid = (pid_t)strtol (entry->d_name, NULL, 10);
      InspectStat stat;
      if (pid > 0 && inspect_stat (pid, &stat) && stat.parent == parent)
        g_array_append_val (children, pid);
    }
  (void)closedir (processes);
}

void
inspect_append_children (pid_t pid, GArray *children)
{
  char path[64];
  (void)g_snprintf (path, sizeof path, "/proc/%d/task", (int)pid);
  DIR *threads = opendir (path);
  if (threads == NULL)
    return;

  g_autoptr (GString) text = g_string_new (NULL);
  bool is_listed = true;
  for (struct dirent *entry; (entry = readdir (threads)) != NULL;)
    {
      g_autofree char *name
          = g_strconcat (path, "/", entry->d_name, "/children", NULL);
      if (entry->d_name[0] == '.')
        continue;
      if (read_file (name, text))
        append_numbers (text->str, children);
      else if (access ("/proc/self/task", F_OK) == 0
               && access ("/proc/thread-self/children", F_OK) != 0)
        is_listed = false;
    }
  (void)closedir (threads);
  if (!is_listed)
    append_children_by_search (pid, children);
}

static bool
is_child (pid_t pid, pid_t parent)
{
  g_autoptr (GArray) children = g_array_new (FALSE, FALSE, sizeof (pid_t));
  InspectStat stat;

  inspect_append_children (parent, children);
  for (guint i = 0; i < children->len; i++)
    if (g_array_index (children, pid_t, i) == pid)
      return inspect_stat (pid, &stat) && stat.parent == parent;
  return false;
}

/* A number may be somebody else's in another namespace, so the link is looked
 * at as well. */
const char *
inspect_find_blindness (pid_t parent)
{
  struct statfs system;

  if (statfs ("/proc", &system) < 0 || system.f_type != PROC_SUPER_MAGIC)
    return "/proc is not mounted";

  g_autofree char *self = g_file_read_link ("/proc/self", NULL);
  g_autofree char *expected = g_strdup_printf ("%d", (int)getpid ());
  if (g_strcmp0 (self, expected) != 0)
    return "/proc is that of another PID namespace";
  return is_child (getpid (), parent)
             ? NULL
             : "/proc hides processes from their own user (its mount options)";
}

/* The kernel's log has the ids of the first pid namespace (PROC_PID_INIT_INO):
 * in another one they are those of others. */
static bool
are_pids_global (void)
{
  g_autofree char *space = g_file_read_link ("/proc/self/ns/pid", NULL);
  return g_strcmp0 (space, "pid:[4026531836]") == 0;
}

/* Whether a record ("6,1234,TIME,-;Out of memory: Killed process 17 (a)", see
 * Documentation/ABI/testing/dev-kmsg) is not about one that had the same id
 * long ago.  The kernel's clock there is not ours, but near it. */
static bool
is_recent (const char *record, int64_t since)
{
  unsigned long long microsecs;

  return sscanf (record, "%*u,%*u,%llu", &microsecs) == 1
         && (int64_t)microsecs >= since - CLOCK_DIFFERENCE_MICROSECS;
}

bool
inspect_was_out_of_memory (pid_t pid, int64_t since)
{
  if (!are_pids_global ())
    return false;

  const int fd = open ("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0)
    return false;

  g_autofree char *killed = g_strdup_printf ("Killed process %d (", (int)pid);
  bool is_found = false;
  for (;;)
    {
      char record[8192];
      const ssize_t n = read (fd, record, sizeof record - 1);
      if (n < 0 && (errno == EINTR || errno == EPIPE))
        continue; /* EPIPE: records were overwritten; the next is there */
      if (n <= 0)
        break;
      record[n] = '\0';
      is_found
          = is_found
            || (strstr (record, killed) != NULL && is_recent (record, since));
    }
  (void)close (fd);
  return is_found;
}
