from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Org(AppConfig):
    name = "guanxi.base.org"
    label = "org"

    def ready(self) -> None:
        from guanxi.base.ui import NAV, OWN, NavEntry

        from . import personal

        personal.register()
        NAV.add(NavEntry("permits", _("Permits"), "org:permits", "approvals", order=10, icon="check"))
        NAV.add(NavEntry("own-factor", _("Second factor"), "org:own-factor", OWN, order=20, icon="shield"))
        NAV.add(NavEntry("own-sessions", _("My sessions"), "org:sessions", OWN, order=30, icon="screen"))
