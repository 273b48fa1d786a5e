from __future__ import annotations

from typing import Annotated

from pydantic import Field

from guanxi.base.org.models import Staff

from .pieces import Named, Out, Paged, Text


class StaffList(Paged):
    q: Annotated[Text, Field(max_length=60, description="Name, or the beginning of its pinyin, or staff number")] = ""


class StaffOut(Out):
    """A colleague who works here, with the unit of the main post: enough to hand something over."""

    id: int
    name: str
    number: str
    unit: Named | None

    @classmethod
    def of(cls, staff: Staff) -> StaffOut:
        post = next(iter(staff.posts.all()), None)
        return cls(id=staff.pk, name=staff.name, number=staff.number, unit=Named.of(post.unit) if post else None)


class StaffPage(Out):
    items: list[StaffOut]
    next: str
