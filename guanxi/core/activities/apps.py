from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Activities(AppConfig):
    name = "guanxi.core.activities"
    label = "activities"

    def ready(self) -> None:
        from guanxi.base.org.scopes import may
        from guanxi.base.records.imports.judging import KEEPERS, Keeper
        from guanxi.base.records.types import BUTTONS, GLANCES, PANELS, Button, Panel

        from . import related
        from .screens.log import glance_panel, timeline_panel

        related.register()

        logged = "EXISTS (SELECT FROM activities_activity a WHERE a.customer_id = t.id AND a.removed_at IS NULL)"
        KEEPERS.add(Keeper("activities", "customer", _("Contacts"), logged))
        PANELS.add(
            Panel("timeline", "customer", _("Contacts"), "activities/timeline_panel.html", timeline_panel, order=20)
        )
        GLANCES.add(Panel("last-contacts", "customer", _("Last contacts"), "activities/glance.html", glance_panel))
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
