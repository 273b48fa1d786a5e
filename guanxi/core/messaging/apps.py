from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Messaging(AppConfig):
    name = "guanxi.core.messaging"
    label = "messaging"

    def ready(self) -> None:
        from guanxi.base.audit import events
        from guanxi.core.customers.events import TRANSFERRED

        from . import handlers
        from .kinds import KINDS, MessageKind

        KINDS.add(MessageKind(handlers.GIVEN, _("%(from)s gave you the customer %(customer)s.")))
        KINDS.add(MessageKind(handlers.GIVEN_SEVERAL, _("%(from)s gave you %(count)s customers.")))
        events.subscribe(TRANSFERRED, handlers.tell_new_owner)
