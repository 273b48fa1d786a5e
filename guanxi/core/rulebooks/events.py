"""What this room tells others. Ids are duties' or versions'."""

POSTPONED = "rulebooks:duty:postponed"
HANDED_OVER = "rulebooks:duty:handed_over"
TASK_CREATED = "rulebooks:task:created"
TASK_DONE = "rulebooks:task:done"
WITHDRAWN = "rulebooks:duty:withdrawn"
APPROVED = "rulebooks:version:approved"
