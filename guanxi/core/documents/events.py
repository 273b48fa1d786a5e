"""What this room tells others. The kind and ids of an event are those of the records the files are on."""

ATTACHED = "documents:document:attached"
INFECTED = "documents:version:infected"
REMOVED = "documents:document:removed"
