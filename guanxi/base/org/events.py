"""What this room tells others."""

from datetime import date

# Ids are days as numbers, 20261002; open duties that count working days are re-dated.
CALENDAR_CHANGED = "org:calendar:changed"
# Ids are staff: posts, absences and departures move who is responsible, and until when.
POSTS_CHANGED = "org:posts:changed"
# Ids are requests for permits.
PERMIT_ASKED, PERMIT_ANSWERED = "org:permit:asked", "org:permit:answered"
ABSENCE_CHANGED = "org:absence:changed"
# Ids are departures.
DEPARTURE_ANNOUNCED, DEPARTURE_CHANGED = "org:departure:announced", "org:departure:changed"
DEPARTURE_RECEIVED, DEPARTURE_COMPLETED = "org:departure:received", "org:departure:completed"
DEPARTURE_CANCELLED = "org:departure:cancelled"

# Ids are entries of the trail: many sign-ins failed within a short time.
SPRAYED = "org:account:sprayed"


def day_number(day: date) -> int:
    return day.year * 10000 + day.month * 100 + day.day
