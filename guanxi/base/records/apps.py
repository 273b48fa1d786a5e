from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Records(AppConfig):
    name = "guanxi.base.records"
    label = "records"

    def ready(self) -> None:
        from guanxi.base.ui import NAV, NavEntry

        from .imports import jobs  # noqa: F401  (the worker learns of the job by its import)
        from .imports.access import kinds_for

        NAV.add(
            NavEntry(
                "imports",
                _("Import"),
                "records:imports",
                "customers",
                order=90,
                icon="upload",
                visible=lambda actor: bool(kinds_for(actor)),
            )
        )
