"""What this room tells others. Ids are customers'."""

CREATED = "customers:customer:created"
CHANGED = "customers:customer:changed"
TRANSFERRED = "customers:customer:transferred"
REMOVED = "customers:customer:removed"
RESTORED = "customers:customer:restored"
REST_CHANGED = "customers:customer:rest_changed"
TEAM_CHANGED = "customers:customer:team_changed"
