"""The sentences duties put into the message centre. `params` hold customer, assignee, due_on, purpose, article."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.core.messaging.kinds import KINDS, MessageKind

from .phases.climbing import LATE, REMIND
from .readers import TO_READ

HANDED_OVER, TASK_GIVEN = "rulebooks:duty:handed_over", "rulebooks:task:given"
GUIDED = "rulebooks:duty:guided"


def register() -> None:
    KINDS.add(MessageKind(REMIND, _("%(customer)s: %(purpose)s, due on %(due_on)s.")))
    KINDS.add(
        MessageKind(LATE, _("%(assignee)s is late with %(customer)s: %(purpose)s, due on %(due_on)s."), is_late=True)
    )
    KINDS.add(MessageKind(GUIDED, _("%(from)s left you guidance about %(customer)s: %(purpose)s.")))
    KINDS.add(MessageKind(HANDED_OVER, _("%(from)s handed you %(customer)s: %(purpose)s, due on %(due_on)s.")))
    KINDS.add(MessageKind(TASK_GIVEN, _("%(from)s set you a task about %(customer)s: %(purpose)s, due on %(due_on)s.")))
    KINDS.add(MessageKind(TO_READ, _("“%(title)s” holds from %(day)s. Please read it and confirm that you have.")))
