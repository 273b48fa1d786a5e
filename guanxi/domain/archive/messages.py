"""The sentences this room puts into the message centre."""

from django.utils.translation import gettext_lazy as _

from guanxi.core.messaging.kinds import KINDS, MessageKind

ALLOCATED = "archive:allocation:given"
TRANSFER_WAITS, TRANSFER_ANSWERED = "archive:transfer:waits", "archive:transfer:answered"
DOCTOR_ASKED = "archive:callbackrequest:waits"


def register() -> None:
    KINDS.add(MessageKind(ALLOCATED, _("%(from)s allocated %(count)s new customers to you.")))
    KINDS.add(MessageKind(DOCTOR_ASKED, _("%(from)s asks you to call %(customer)s by %(wanted_on)s: %(reason)s")))
    KINDS.add(MessageKind(TRANSFER_WAITS, _("%(from)s sent you list %(number)s with %(count)s forms to receive.")))
    KINDS.add(
        MessageKind(
            TRANSFER_ANSWERED, _("%(to)s received list %(number)s: %(accepted)s accepted, %(refused)s refused.")
        )
    )
