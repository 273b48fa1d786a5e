from __future__ import annotations

from .pieces import Named, Out


class Post(Out):
    unit_id: int
    role: str


class Right(Out):
    kind: str
    verb: str
    scope: str


class Me(Out):
    """`rights`: what the roles of your posts allow. A token that only reads refuses writes all the same."""

    login: str
    staff: Named | None
    via: str
    language: str
    posts: list[Post]
    rights: list[Right]
