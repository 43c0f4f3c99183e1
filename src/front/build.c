#include "config.h"

#include "front/build.h"

#include <string.h>

void
build_begin (Emit *emit)
{
  g_string_truncate (emit->text, 0);
  g_array_set_size (emit->slots, 0);
}

void
build_bytes (Emit *emit, const char *bytes, size_t n_bytes)
{
  g_string_append_len (emit->text, bytes, (gssize)n_bytes);
}

void
build_string (Emit *emit, const char *string)
{
  build_bytes (emit, string, strlen (string));
}

void
build_slot (Emit *emit, uint32_t variable)
{
  const PlanSlot slot
      = { .offset = (uint32_t)emit->text->len, .variable = variable };

  g_array_append_val (emit->slots, slot);
}

/* The text from @from on. */
void
build_text (Emit *emit, const PlanText *text, uint32_t from)
{
  const uint32_t base = (uint32_t)emit->text->len;

  for (uint32_t i = 0; i < text->n_slots; i++)
    {
      PlanSlot slot = text->slots[i];

      if (slot.offset < from)
        continue;
      slot.offset = base + slot.offset - from;
      g_array_append_val (emit->slots, slot);
    }
  build_bytes (emit, text->bytes + from, text->n_bytes - from);
}

const PlanText *
build_finish (Emit *emit)
{
  const size_t n_bytes = emit->text->len;
  const unsigned n_slots = emit->slots->len;

  if (n_slots == 0)
    return emit_plain_text (emit, emit->text->str, n_bytes);

  const PlanText head = { .n_bytes = (uint32_t)n_bytes,
                          .n_slots = n_slots,
                          .slots = emit_bytes (emit, emit->slots->data,
                                               n_slots * sizeof (PlanSlot)) };
  const size_t n_head = offsetof (PlanText, bytes);

  g_string_insert_len (emit->text, 0, (const char *)&head, (gssize)n_head);
  return emit_bytes (emit, emit->text->str, n_head + n_bytes + 1);
}
