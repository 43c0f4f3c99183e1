#include "config.h"

#include "base/arena.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define FIRST_CHUNK   ((size_t)2 << 10)
#define LARGEST_CHUNK ((size_t)1 << 20)

/* What a request may leave unused of the chunk before is never more than a
 * quarter: a larger request gets a chunk of its own. */
#define LARGE_REQUEST(chunk_size) ((chunk_size) / 4)

typedef struct Chunk Chunk;
struct Chunk
{
  Chunk *older;
  max_align_t bytes[];
};

struct Arena
{
  char *next; /* the first free byte of the chunk in use, and its end */
  char *end;
  Chunk *chunks; /* owned: the newest, and through it all */
  size_t next_size;
  size_t n_bytes;
};

Arena *
arena_new (void)
{
  Arena *arena = g_new0 (Arena, 1);

  arena->next_size = FIRST_CHUNK;
  return arena;
}

void
arena_free (Arena *arena)
{
  if (arena == NULL)
    return;

  for (Chunk *chunk = arena->chunks; chunk != NULL;)
    {
      Chunk *const older = chunk->older;

      g_free (chunk);
      chunk = older;
    }
  g_free (arena);
}

/* A chunk of that many bytes, from the system; zeroed, and where it is large,
 * only when it is first touched. */
static char *
add_chunk (Arena *arena, size_t n_bytes)
{
  g_assert (n_bytes < SIZE_MAX - sizeof (Chunk));

  Chunk *const chunk = g_malloc0 (sizeof (Chunk) + n_bytes);

  chunk->older = arena->chunks;
  arena->chunks = chunk;
  arena->n_bytes += sizeof (Chunk) + n_bytes;
  return (char *)chunk->bytes;
}

static void *
alloc_slowly (Arena *arena, size_t n_bytes)
{
  if (n_bytes > LARGE_REQUEST (arena->next_size))
    return add_chunk (arena, n_bytes);

  char *const bytes = add_chunk (arena, arena->next_size);

  arena->next = bytes + n_bytes;
  arena->end = bytes + arena->next_size;
  arena->next_size = MIN (arena->next_size * 2, LARGEST_CHUNK);
  return bytes;
}

/* A type's size is a multiple of its alignment, so that only what is a
 * multiple of the largest alignment can need it.  (A flexible array breaks
 * the rule; pointers and what is smaller are right all the same.) */
static size_t
alignment_of (size_t n_bytes)
{
  const size_t largest = G_ALIGNOF (max_align_t);

  return n_bytes % largest == 0 ? largest : sizeof (void *);
}

void *
arena_alloc (Arena *arena, size_t n_bytes)
{
  const size_t padding = -(uintptr_t)arena->next % alignment_of (n_bytes);
  const size_t n_left = (size_t)(arena->end - arena->next);

  if (padding >= n_left || n_bytes > n_left - padding)
    return alloc_slowly (arena, n_bytes);

  char *const bytes = arena->next + padding;

  arena->next = bytes + n_bytes;
  return bytes;
}

/* Texts need no alignment, and there are many small ones. */
char *
arena_strndup (Arena *arena, const char *text, size_t n_text)
{
  char *copy = arena->next;

  if (n_text < (size_t)(arena->end - arena->next))
    arena->next += n_text + 1;
  else
    copy = alloc_slowly (arena, n_text + 1);
  memcpy (copy, text, n_text);
  return copy;
}

size_t
arena_size (const Arena *arena)
{
  return arena->n_bytes;
}
