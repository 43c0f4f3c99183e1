/* arena.h - memory that is freed all at once
 *
 * What is compiled (tree, names, operations' texts) is never freed one by
 * one.  Memory comes zeroed and aligned for any type.  As in GLib, running
 * out of memory ends the program.
 */
#pragma once

#include <glib.h>
#include <stddef.h>

typedef struct Arena Arena;

Arena *arena_new (void);
void arena_free (Arena *arena);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Arena, arena_free)

void *arena_alloc (Arena *arena, size_t n_bytes);
char *arena_strndup (Arena *arena, const char *text, size_t n_text);

/* Bytes taken from the system so far. */
size_t arena_size (const Arena *arena);

#define ARENA_NEW(arena, Type) ((Type *)arena_alloc ((arena), sizeof (Type)))
#define ARENA_NEW_ARRAY(arena, Type, n)                                        \
  ((Type *)arena_alloc ((arena), sizeof (Type) * (n)))
