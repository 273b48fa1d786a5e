"""The figures as a file and on paper, as the page shows them."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.base import ui
from guanxi.base.kernel import clock
from guanxi.base.kernel.errors import Missing
from guanxi.base.org.web import ActorRequest
from guanxi.base.records.exports.about import About
from guanxi.base.records.exports.described import company_name, in_one_line
from guanxi.base.records.exports.short import TYPES, download
from guanxi.base.records.prints.screens import marks
from guanxi.base.records.types import ListColumn

from ..actions.figures import take_figures
from ..queries.measures import Figures
from ..queries.units import unit_tree
from .compliance import Found, described, find
from .wish import Wish

Row = list[Any]


def columns() -> list[ListColumn]:
    numbers = {
        "raised": _("Raised"),
        "in_time": _("Done in time"),
        "still_open": _("Open"),
        "late": _("Late"),
        "withdrawn": _("Withdrawn"),
        "past": _("Caught up"),
        "forgiven": _("Forgiven"),
    }
    return [
        ListColumn("part", _("Part"), ""),
        ListColumn("name", _("Clause, unit or person"), ""),
        *(ListColumn(key, label, "", "number") for key, label in numbers.items()),
        ListColumn("share", _("Share in time"), ""),
        ListColumn("target", _("Target"), ""),
    ]


def rows(found: Found) -> list[Row]:
    clauses = [
        _row(_("Clause"), f"{line.number} {line.words}".strip(), line.figures, line.target) for line in found.clauses
    ]
    units = [_row(_("Unit"), line.name, line.figures) for line in found.units]
    people = [_row(_("Person"), line.name, line.figures) for line in found.people]
    return [_row(_("Together"), "", found.total), *clauses, *units, *people]


def _row(part: str, name: str, figures: Figures, target: int | None = None) -> Row:
    share = f"{figures.share:.1%}" if figures.share is not None else ""
    return [part, name, *vars(figures).values(), share, f"{target}%" if target is not None else ""]


@require_GET
def file(request: ActorRequest) -> HttpResponse:
    form = request.GET.get("form", "")
    if form not in TYPES:
        raise Missing()
    wish, tree = Wish.of(request.GET), unit_tree()
    lines = rows(find(wish, request.actor, tree))
    take_figures(f"file {form}", len(lines), actor=request.actor)
    about = About(
        _("Compliance"), company_name(), request.actor.label, clock.now(), "", described(wish, request.actor, tree)
    )
    return download(f"{_('Compliance')}-{wish.month.text}", form, columns(), lines, about)


@require_GET
def paper(request: ActorRequest) -> HttpResponse:
    wish, tree = Wish.of(request.GET), unit_tree()
    lines = rows(find(wish, request.actor, tree))
    number = take_figures("print", len(lines), actor=request.actor)
    context = {
        "title": _("Compliance"),
        "back": wish.address(),
        "sub": in_one_line(described(wish, request.actor, tree)),
        "columns": [(column.label, column.kind == "number" or column.key == "share") for column in columns()],
        "rows": lines,
        "is_capped": False,
        "is_wide": True,
        **marks(request, number),
    }
    return ui.page(request, "records/print_list.html", context)
