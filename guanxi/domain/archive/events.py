"""What this room tells others. Ids are the forms' of the kind the event names."""

COMPLETED = "archive:fileform:completed"
CHANGED = "archive:fileform:changed"
REMOVED = "archive:fileform:removed"

# Transfer lists, told for the forms on them.
SENT = "archive:transfer:sent"
RECEIVED = "archive:transfer:received"
TAKEN_BACK = "archive:transfer:cancelled"
