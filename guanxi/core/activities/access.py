from __future__ import annotations

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import NotAllowed
from guanxi.base.org.scopes import scope_of

from .models import Activity

KIND = Activity.KIND


def access_activity(actor: Actor, activity_id: int, *, to: str = "read", lock: bool = False) -> Activity:
    """Whoever sees the customer reads it; changing it is for its author, and for whoever may update all of them."""
    activity = Activity.objects.kept().access(actor, activity_id, lock=lock)
    if to != "read" and activity.staff_id != actor.staff_id and not scope_of(actor, KIND, to).everything:
        raise NotAllowed()
    return activity
