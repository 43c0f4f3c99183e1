#include "config.h"

#include "base/write.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/types.h>
#include <unistd.h>

static bool
is_only_for_now (int fd, int error_number)
{
  struct pollfd wanted = { .fd = fd, .events = POLLOUT };

  if (error_number == EINTR)
    return true;
  return error_number == EAGAIN
         && (poll (&wanted, 1, -1) >= 0 || errno == EINTR);
}

int
write_all (int fd, const char *bytes, size_t n_bytes)
{
  while (n_bytes > 0)
    {
      const ssize_t n = write (fd, bytes, n_bytes);

      if (n < 0 && !is_only_for_now (fd, errno))
        return errno;
      if (n > 0)
        {
          bytes += n;
          n_bytes -= (size_t)n;
        }
    }
  return 0;
}
