"""What this room tells others. Ids are customers'."""

CREATED = "customers:customer:created"
CHANGED = "customers:customer:changed"
TRANSFERRED = "customers:customer:transferred"
# Once at the end of a run over many, after a TRANSFERRED (with the hint `part`) for each part of it.
HANDED_OVER = "customers:customer:handed_over"
REMOVED = "customers:customer:removed"
RESTORED = "customers:customer:restored"
REST_CHANGED = "customers:customer:rest_changed"
TEAM_CHANGED = "customers:customer:team_changed"
