/* story.h - what happens in a test, told as it happens (-v)
 *
 *     run     echo.plan:echo-works
 *       [2/4] spawn echo: echo "hello world"
 *       echo: started (pid 4711)
 *     echo| hello world
 *       echo: exited with 0 (pid 4711)
 *
 * From when two tests, or a test and a layer, run at once, each line says
 * which one it is of: "[echo.plan:echo-works] echo| hello world".
 */
#pragma once

#include "report/report.h"

typedef struct Story Story;

Story *story_new (bool color);
void story_free (Story *story);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Story, story_free)

void story_add (Story *story, const ReportTest *test, const Event *event,
                GString *out);
