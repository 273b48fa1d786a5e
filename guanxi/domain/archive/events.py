"""What this room tells others. Ids are the forms' of the kind the event names."""

COMPLETED = "archive:fileform:completed"
CHANGED = "archive:fileform:changed"
REMOVED = "archive:fileform:removed"

# Transfer lists, told for the forms on them.
SENT = "archive:transfer:sent"
RECEIVED = "archive:transfer:received"
TAKEN_BACK = "archive:transfer:cancelled"

# Custody of file forms. Ids are those of the record the name speaks of.
ATTENDED = "archive:attendance:taken"
ATTENDANCE_CHANGED = "archive:attendance:changed"
LENT = "archive:loan:lent"
RETURNED = "archive:loan:returned"
INCIDENT_REPORTED = "archive:incident:reported"
INCIDENT_CHANGED = "archive:incident:changed"
CALLBACK_ASKED = "archive:callbackrequest:asked"
CALLBACK_CHANGED = "archive:callbackrequest:changed"

# First-contact forms.
CONTACT_CREATED = "archive:contactform:created"
CONTACT_CHANGED = "archive:contactform:changed"
CONTACT_SIGNED = "archive:contactform:signed"
CONTACT_REMOVED = "archive:contactform:removed"
CONTACT_ALLOCATED = "archive:contactform:allocated"
CONTACT_SEALED = "archive:contactform:sealed"
