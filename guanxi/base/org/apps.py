from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Org(AppConfig):
    name = "guanxi.base.org"
    label = "org"

    def ready(self) -> None:
        from guanxi.base.ui import NAV, NavEntry

        from . import personal

        personal.register()
        NAV.add(NavEntry("permits", _("Permits"), "org:permits", "approvals", order=10, icon="check"))
        NAV.add(
            NavEntry(
                "settings-second-factor", _("Second factor"), "org:own-factor", "settings", order=1012, icon="shield"
            )
        )
        NAV.add(NavEntry("settings-sessions", _("My sessions"), "org:sessions", "settings", order=1014, icon="person"))
