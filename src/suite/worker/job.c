#include "config.h"

#include "suite/worker/job.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_FDS 2

/* Nothing tells when a shortage is over. */
#define SHORTAGE_MILLISECS 2

/* Room for the descriptors, aligned as it must be (cmsg(3)). */
typedef union
{
  char bytes[CMSG_SPACE (MAX_FDS * sizeof (int))];
  struct cmsghdr align;
} Control;

static void
attach_fds (struct msghdr *message, Control *control, const JobFds *fds)
{
  const int list[MAX_FDS] = { fds->plan_dir, fds->channel };
  const size_t n_bytes = (fds->channel < 0 ? 1 : 2) * sizeof (int);

  memset (control, 0, sizeof *control);
  message->msg_control = control->bytes;
  message->msg_controllen = CMSG_SPACE (n_bytes);
  struct cmsghdr *head = CMSG_FIRSTHDR (message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN (n_bytes);
  memcpy (CMSG_DATA (head), list, n_bytes);
}

/* It has thousands to read, or descriptors under way are as many as there may
 * be (unix(7)): it reads them. */
static bool
wait_for_reader (int fd)
{
  struct pollfd poll_fd = { .fd = fd, .events = POLLOUT };

  if (errno == EAGAIN)
    (void)poll (&poll_fd, 1, -1);
  else if (errno == ETOOMANYREFS || errno == ENOBUFS)
    (void)poll (NULL, 0, SHORTAGE_MILLISECS);
  else
    return errno == EINTR;
  return true;
}

bool
job_send (int fd, const Job *job, const JobFds *fds)
{
  struct iovec bytes = { .iov_base = (void *)job, .iov_len = sizeof *job };
  struct msghdr message = { .msg_iov = &bytes, .msg_iovlen = 1 };
  Control control;
  ssize_t n;

  if (fds != NULL)
    attach_fds (&message, &control, fds);
  while ((n = sendmsg (fd, &message, MSG_NOSIGNAL)) < 0 && wait_for_reader (fd))
    ;
  return n == (ssize_t)sizeof *job;
}

static void
take_fds (struct msghdr *message, JobFds *fds)
{
  int list[MAX_FDS] = { -1, -1 };

  for (struct cmsghdr *head = CMSG_FIRSTHDR (message); head != NULL;
       head = CMSG_NXTHDR (message, head))
    if (head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS)
      memcpy (list, CMSG_DATA (head),
              MIN (head->cmsg_len - CMSG_LEN (0), sizeof list));
  *fds = (JobFds){ .plan_dir = list[0], .channel = list[1] };
}

int
job_receive (int fd, Job *job, JobFds *fds)
{
  struct iovec bytes = { .iov_base = job, .iov_len = sizeof *job };
  Control control;
  struct msghdr message = { .msg_iov = &bytes,
                            .msg_iovlen = 1,
                            .msg_control = control.bytes,
                            .msg_controllen = sizeof control.bytes };
  ssize_t n;

  do
    n = recvmsg (fd, &message, MSG_CMSG_CLOEXEC);
  while (n < 0 && errno == EINTR);
  if (n < 0 && errno == EAGAIN)
    return 0;
  if (n != (ssize_t)sizeof *job)
    return -1;
  take_fds (&message, fds);
  return 1;
}

/* Nothing watches for SIGTSTP here: so it stops us as it stops anybody. */
static void
wait_for_input (int fd)
{
  struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
  sigset_t mask;

  (void)sigprocmask (SIG_BLOCK, NULL, &mask);
  (void)sigdelset (&mask, SIGTSTP);
  (void)ppoll (&poll_fd, 1, NULL, &mask);
}

bool
job_wait (int fd, Job *job, JobFds *fds)
{
  int n;

  while ((n = job_receive (fd, job, fds)) == 0)
    wait_for_input (fd);
  return n > 0;
}
