from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Records(AppConfig):
    name = "guanxi.base.records"
    label = "records"

    def ready(self) -> None:
        from guanxi.base.org.who import ALONG
        from guanxi.base.ui import NAV, NavEntry

        from . import personal
        from .bulk import registration as bulk
        from .exports import registration as exports
        from .habits import HABITS
        from .imports import jobs, standard  # noqa: F401  (the worker learns of the job by its import)
        from .imports.access import may_import
        from .own_fields.registration import register as register_own_fields
        from .screens.bins import BIN
        from .types import LIST_TOOLS
        from .views import registration as views

        personal.register()
        register_own_fields()

        ALONG.add(HABITS)
        standard.register()
        bulk.register()
        exports.register()
        views.register()
        LIST_TOOLS.add(BIN)
        NAV.add(
            NavEntry(
                "imports",
                _("Import"),
                "records:imports",
                "customers",
                order=90,
                icon="upload",
                visible=may_import,
            )
        )
