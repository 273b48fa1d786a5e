from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Messaging(AppConfig):
    name = "guanxi.core.messaging"
    label = "messaging"

    def ready(self) -> None:
        from guanxi.base.audit import events
        from guanxi.base.org.events import (
            DEPARTURE_ANNOUNCED,
            DEPARTURE_CHANGED,
            DEPARTURE_RECEIVED,
            PERMIT_ANSWERED,
            PERMIT_ASKED,
        )
        from guanxi.base.records.exports.events import PERMISSION_ANSWERED, PERMISSION_ASKED
        from guanxi.core.customers.events import HANDED_OVER, TRANSFERRED

        from . import departures, exports, handlers, infected, permits, personal
        from .channels import telling
        from .kinds import KINDS, MessageKind

        KINDS.add(MessageKind(handlers.GIVEN, _("%(from)s gave you the customer %(customer)s.")))
        KINDS.add(MessageKind(handlers.GIVEN_SEVERAL, _("%(from)s gave you %(count)s customers.")))
        for name in (TRANSFERRED, HANDED_OVER):
            events.subscribe(name, handlers.tell_new_owner)
        KINDS.add(MessageKind(exports.ASKED, _("%(from)s asks to export %(rows)s rows of %(list)s: %(purpose)s")))
        KINDS.add(
            MessageKind(exports.PERMITTED, _("%(from)s permitted your export of %(list)s; the file is being made."))
        )
        KINDS.add(MessageKind(exports.DECLINED, _("%(from)s declined your export of %(list)s: %(reason)s")))
        KINDS.add(MessageKind(permits.ASKED, _("%(from)s asks for a permit: %(step)s (%(label)s). %(purpose)s")))
        KINDS.add(MessageKind(permits.GRANTED, _("%(from)s permitted: %(step)s (%(label)s).")))
        KINDS.add(MessageKind(permits.DECLINED, _("%(from)s declined: %(step)s (%(label)s). %(reason)s")))
        events.subscribe(PERMIT_ASKED, permits.tell_deciders)
        events.subscribe(PERMIT_ANSWERED, permits.tell_asker)
        events.subscribe(PERMISSION_ASKED, exports.tell_approvers)
        events.subscribe(PERMISSION_ANSWERED, exports.tell_asker)
        personal.register()
        telling.register()
        infected.register()
        departures.register()
        for name in (DEPARTURE_ANNOUNCED, DEPARTURE_CHANGED):
            events.subscribe(name, departures.announced)
        events.subscribe(DEPARTURE_RECEIVED, departures.received)
