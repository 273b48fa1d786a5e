from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Activities(AppConfig):
    name = "guanxi.core.activities"
    label = "activities"

    def ready(self) -> None:
        from guanxi.base.org.scopes import may
        from guanxi.base.records.types import BUTTONS, PANELS, Button, Panel

        from .screens.log import timeline_panel

        PANELS.add(
            Panel("timeline", "customer", _("Contacts"), "activities/timeline_panel.html", timeline_panel, order=20)
        )
        BUTTONS.add(
            Button(
                "log-contact",
                _("Record a contact"),
                lambda customer: f"/customers/{customer.pk}/log",
                lambda actor, customer: may(actor, "activity", "create"),
                kind="customer",
                style="primary",
            )
        )
