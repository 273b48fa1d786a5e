"""Page shell, components and answers: what a room's screens need, as `from guanxi.base import ui`."""

from guanxi.base.ui.nav import NAV, OWN, NavEntry
from guanxi.base.ui.pages import go, is_htmx, page, render
from guanxi.base.ui.tables import Column, Paging, Row, Table
from guanxi.base.ui.toasts import toast

__all__ = ["NAV", "OWN", "Column", "NavEntry", "Paging", "Row", "Table", "go", "is_htmx", "page", "render", "toast"]
