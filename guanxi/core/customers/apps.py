from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Customers(AppConfig):
    name = "guanxi.core.customers"
    label = "customers"

    def ready(self) -> None:
        from guanxi.base.org.blockers import DEPARTURE
        from guanxi.base.records.types import RECORD_TYPES

        from . import personal, related
        from .departure import OWNED
        from .screens.customer import CUSTOMERS

        DEPARTURE.add(OWNED)
        RECORD_TYPES.add(CUSTOMERS)
        personal.register()
        related.register()
        register_many_at_once()
        register_panels()
        register_navigation()


def register_many_at_once() -> None:
    """Steps for many, and how customers come in from files."""
    from guanxi.base.records.bulk import BULK
    from guanxi.base.records.imports.intakes import INTAKES
    from guanxi.base.records.imports.judging import KEEPERS, Keeper
    from guanxi.base.records.imports.kinds import KINDS

    from .contacts import CONTACTS
    from .intake import INTAKE, TEAM_STAYS
    from .screens.many import STEPS

    for step in STEPS:
        BULK.add(step)
    INTAKES.add(INTAKE)
    KINDS.add(CONTACTS)
    KEEPERS.add(Keeper("team", "customer", _("Team"), TEAM_STAYS))


def register_panels() -> None:
    from guanxi.base.records.types import PANELS, Panel
    from guanxi.base.records.views.panel import segments_panel

    from .screens.customer import CUSTOMERS
    from .screens.panels import history_panel, team_panel

    PANELS.add(segments_panel(CUSTOMERS))
    PANELS.add(Panel("customer-team", "customer", _("Team"), "customers/team_panel.html", team_panel, order=70))
    PANELS.add(
        Panel("customer-history", "customer", _("History"), "customers/history_panel.html", history_panel, order=90)
    )


def register_navigation() -> None:
    from guanxi.base.org.scopes import may
    from guanxi.base.ui import NAV, NavEntry

    NAV.add(
        NavEntry(
            "customers",
            _("Customers"),
            "customers:customer-list",
            "customers",
            order=10,
            icon="people",
            visible=lambda actor: may(actor, "customer", "read"),
            shortcut="c",
            phone=True,
        )
    )
    NAV.add(
        NavEntry(
            "duplicates",
            _("Look up duplicates"),
            "customers:duplicates",
            "customers",
            order=80,
            icon="search",
            visible=lambda actor: may(actor, "customer", "create"),
        )
    )
