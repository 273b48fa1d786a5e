from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Activities(AppConfig):
    name = "guanxi.core.activities"
    label = "activities"

    def ready(self) -> None:
        from guanxi.base.org.scopes import may
        from guanxi.base.records.imports.judging import KEEPERS, Keeper
        from guanxi.base.records.types import BUTTONS, GLANCES, PANELS, Button, Panel

        from . import personal, related
        from .screens.log import glance_panel, timeline_panel

        personal.register()
        related.register()
        register_announced_visits()
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


def register_announced_visits() -> None:
    from guanxi.base.audit import events
    from guanxi.base.org.scopes import may
    from guanxi.base.records.types import PANELS, RECORD_TYPES, Panel
    from guanxi.base.ui import NAV, NavEntry
    from guanxi.core.customers.events import TRANSFERRED

    from .actions.coming import follow_customer
    from .screens.coming import COMING_VISITS, coming_panel

    RECORD_TYPES.add(COMING_VISITS)
    events.subscribe(TRANSFERRED, follow_customer)
    PANELS.add(
        Panel("coming", "customer", _("Announced visits"), "activities/coming_panel.html", coming_panel, order=65)
    )
    NAV.add(
        NavEntry(
            "coming-visits",
            _("Announced visits"),
            "activities:coming-list",
            "customers",
            order=30,
            icon="calendar",
            visible=lambda actor: may(actor, "coming", "read"),
        )
    )
