"""Addresses of consequences and their statements; part of the room's urls."""

from django.urls import path

from guanxi.base.org.web import needs

from .screens import proposals, statement_files, statements
from .screens.deciding import step_view

read, confirm = needs("proposal", "read"), needs("proposal", "confirm")
see, take, close = needs("statement", "read"), needs("statement", "export"), needs("statement", "close")
# What the person concerned does, and what those above do.
STEPS = {"confirm": confirm, "forgive": confirm, "appeal": read, "answer": confirm, "review": confirm}

urlpatterns = [
    path("proposals", read(proposals.proposals), name="proposals"),
    path("proposals/<int:proposal_id>", read(proposals.proposal_page), name="proposal"),
    *(
        path(f"proposals/<int:proposal_id>/{key}", may(step_view(key)), name=f"proposal-{key}")
        for key, may in STEPS.items()
    ),
    path("statements", see(statements.statements), name="statements"),
    path("statements/<slug:month>", see(statements.statement), name="statement"),
    path("statements/<slug:month>/close", close(statements.close), name="statement-close"),
    path("statements/<slug:month>/file", take(statement_files.statement_file), name="statement-file"),
    path("statements/<slug:month>/print", take(statement_files.statement_paper), name="statement-print"),
    path("statements/<slug:month>/<int:staff_id>", see(statements.person_statement), name="statement-person"),
    path("statements/<slug:month>/<int:staff_id>/print", see(statement_files.person_paper), name="statement-my-print"),
]
