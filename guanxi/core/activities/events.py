"""What this room tells others. Ids are activities'; `hints["customers"]` are the customers concerned."""

LOGGED = "activities:activity:logged"
CHANGED = "activities:activity:changed"
REMOVED = "activities:activity:removed"
# Ids are announced visits. The standard steps of the record type tell the other three.
COMING_ANNOUNCED, COMING_CHANGED = "activities:coming:announced", "activities:coming:changed"
COMING_REMOVED, COMING_RESTORED = "activities:coming:removed", "activities:coming:restored"
