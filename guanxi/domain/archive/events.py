"""What this room tells others. Ids are file forms'."""

COMPLETED = "archive:fileform:completed"
CHANGED = "archive:fileform:changed"
REMOVED = "archive:fileform:removed"
