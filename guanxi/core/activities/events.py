"""What this room tells others. Ids are activities'; `hints["customers"]` are the customers concerned."""

LOGGED = "activities:activity:logged"
CHANGED = "activities:activity:changed"
REMOVED = "activities:activity:removed"
