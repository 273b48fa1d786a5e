"""Who can sign in to the demo company. Outside a demo there is nobody to show."""

from __future__ import annotations

from guanxi.edge.ops.welcome_list import SignIn, table

__all__ = ["SignIn", "is_open", "sign_ins", "table"]


def sign_ins() -> list[SignIn]:
    # Not at the top: commands that never show them start without the demo's data.
    from guanxi.edge.ops.seed import sign_ins as of_the_seed

    return of_the_seed()


def is_open() -> bool:
    """Somebody of the demo company comes in with the printed password."""
    from guanxi.edge.ops.seed import still_open

    return bool(still_open())
