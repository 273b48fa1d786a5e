"""What this part tells others; ids are runs."""

PERMISSION_ASKED = "records:export:permission_asked"
PERMISSION_ANSWERED = "records:export:permission_answered"
