from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Customers(AppConfig):
    name = "guanxi.core.customers"
    label = "customers"

    def ready(self) -> None:
        from guanxi.base.org.blockers import DEPARTURE
        from guanxi.base.org.scopes import may
        from guanxi.base.records.bulk import BULK
        from guanxi.base.records.imports.intakes import INTAKES
        from guanxi.base.records.imports.judging import KEEPERS, Keeper
        from guanxi.base.records.imports.kinds import KINDS
        from guanxi.base.records.types import PANELS, RECORD_TYPES, Panel
        from guanxi.base.records.views.panel import segments_panel
        from guanxi.base.ui import NAV, NavEntry

        from . import related
        from .contacts import CONTACTS
        from .departure import OWNED
        from .intake import INTAKE, TEAM_STAYS
        from .screens import panels
        from .screens.customer import CUSTOMERS
        from .screens.many import STEPS

        DEPARTURE.add(OWNED)
        RECORD_TYPES.add(CUSTOMERS)
        related.register()
        PANELS.add(segments_panel(CUSTOMERS))
        for step in STEPS:
            BULK.add(step)
        INTAKES.add(INTAKE)
        KINDS.add(CONTACTS)
        KEEPERS.add(Keeper("team", "customer", _("Team"), TEAM_STAYS))
        PANELS.add(
            Panel("customer-team", "customer", _("Team"), "customers/team_panel.html", panels.team_panel, order=70)
        )
        PANELS.add(
            Panel(
                "customer-history",
                "customer",
                _("History"),
                "customers/history_panel.html",
                panels.history_panel,
                order=90,
            )
        )
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
