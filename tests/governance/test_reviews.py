"""Who may do what: frozen, gone through by others, corrected on the spot (SEC-05)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guanxi.base.audit.models import Entry
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, NotAllowed, Refused
from guanxi.base.org.access import current_posts
from guanxi.base.org.models import ApiToken, Grant, Post, Reach, Role, Staff
from guanxi.base.org.tokens import give_token
from guanxi.edge.ops.governance.models import AccessReview, LineState, ReviewLine
from guanxi.edge.ops.governance.reviewing import (
    begin_review,
    close_review,
    confirm_lines,
    due_on,
    end_rights,
    mark_corrected,
    object_to,
)
from tests.conftest import CAST

pytestmark = [pytest.mark.req("SEC-05"), pytest.mark.django_db]
Who = Callable[[str], Actor]


def lines_of(review: AccessReview, login: str) -> list[ReviewLine]:
    return list(review.lines.filter(staff__account__login=login).order_by("id"))


def all_confirmed(review: AccessReview, actor: Who) -> None:
    for who in ("gm", "admin"):
        rows = review.lines.filter(state=LineState.OPEN).exclude(staff_id=actor(who).staff_id)
        if ids := list(rows.values_list("id", flat=True)):
            confirm_lines(review.pk, ids, actor=actor(who))


def test_every_post_is_a_line_with_all_rights_of_its_role(actor: Who):
    review = begin_review(actor=actor("admin"))
    posts = review.lines.filter(origin="post")
    assert posts.count() == current_posts().count() == len(CAST)
    line = lines_of(review, "rep")[0]
    wanted = Grant.objects.filter(role__key="satisfaction-representative").values_list("kind", "verb", "scope")
    assert {tuple(right[:3]) for right in line.rights} == set(wanted)
    assert len(line.rights) > 20


def test_shares_and_tokens_are_lines_too(actor: Who, staff: Callable[[str], Staff]):
    for number in range(3):
        Reach.objects.create(kind="customer", record_id=number, staff=staff("doctor"), why="share")
    Reach.objects.create(kind="customer", record_id=9, staff=staff("doctor"), why="share", until=date(2026, 11, 1))
    give_token(staff("rep").account, name="报表程序", actor=actor("rep"), may_write=False)
    review = begin_review(actor=actor("gm"))
    shared = next(line for line in lines_of(review, "doctor") if line.origin == "share")
    assert (shared.label, shared.rights) == ("3", [["customer", "read", "record", []]])
    token = next(line for line in lines_of(review, "rep") if line.origin == "token")
    assert (token.label, token.rights[0][:2]) == ("报表程序", ["token", "read"])


def test_the_frozen_list_does_not_follow_what_changes_later(actor: Who):
    review = begin_review(actor=actor("gm"))
    before = lines_of(review, "rep")[0].rights
    Grant.objects.filter(role__key="satisfaction-representative").delete()
    assert lines_of(review, "rep")[0].rights == before


def test_a_right_slipped_in_between_two_reviews_is_marked(actor: Who):
    """The planted hole: representatives may suddenly export everything, and the doctor may no longer reveal."""
    first = begin_review(actor=actor("gm"))
    all_confirmed(first, actor)
    close_review(first.pk, actor=actor("gm"))
    rep = Role.objects.get(key="satisfaction-representative")
    Grant.objects.create(role=rep, kind="customer", verb="export", scope="all")
    Grant.objects.filter(role__key="service-doctor", kind="customer", verb="reveal").delete()
    give_token(Staff.objects.get(account__login="manager").account, name="新令牌", actor=actor("manager"))
    second = begin_review(actor=actor("admin"))
    assert second.previous_id == first.pk
    assert lines_of(second, "rep")[0].fresh == [["customer", "export", "all", []]]
    assert lines_of(second, "doctor")[0].gone == [["customer", "reveal", "branch", []]]
    assert [line.is_new for line in lines_of(second, "manager")] == [False, True]
    changed = second.lines.exclude(fresh=[], gone=[], is_new=False).values_list("staff__account__login", flat=True)
    assert sorted(changed) == ["colleague", "doctor", "manager", "rep", "stranger"]


def test_nobody_reviews_their_own_rights(actor: Who):
    review = begin_review(actor=actor("admin"))
    own = lines_of(review, "admin")[0]
    with pytest.raises(NotAllowed):
        confirm_lines(review.pk, [own.pk], actor=actor("admin"))
    for step in (object_to, mark_corrected, end_rights):
        with pytest.raises(NotAllowed):
            step(own.pk, note="自己看过", actor=actor("admin"))
    with pytest.raises(IntegrityError), transaction.atomic():
        ReviewLine.objects.filter(id=own.pk).update(
            state="confirmed", decided_by_id=own.staff_id, decided_at=clock.now()
        )
    assert confirm_lines(review.pk, [own.pk], actor=actor("gm")) == 1


def test_a_post_ends_right_there_and_the_person_can_no_more(actor: Who, staff: Callable[[str], Staff]):
    review = begin_review(actor=actor("gm"))
    line = lines_of(review, "stranger")[0]
    end_rights(line.pk, note="已调岗", actor=actor("admin"))
    assert not current_posts().filter(staff=staff("stranger")).exists()
    line.refresh_from_db()
    assert (line.state, line.decided_by) == ("corrected", staff("admin"))
    assert Entry.objects.filter(name="org:post:ended", subject_id=staff("stranger").pk).exists()


def test_a_token_ends_right_there_but_only_with_the_right_to_end_it(actor: Who, staff: Callable[[str], Staff]):
    give_token(staff("rep").account, name="旧程序", actor=actor("rep"))
    review = begin_review(actor=actor("gm"))
    line = next(one for one in lines_of(review, "rep") if one.origin == "token")
    with pytest.raises(NotAllowed):
        end_rights(line.pk, note="不用了", actor=actor("gm"))
    end_rights(line.pk, note="不用了", actor=actor("admin"))
    assert ApiToken.objects.get(name="旧程序").ended_at == clock.now()
    with pytest.raises(Refused, match="line_decided"):
        end_rights(line.pk, note="再来一次", actor=actor("admin"))


def test_a_review_closes_when_nothing_is_left_and_the_next_is_due_months_later(actor: Who, settings):
    settings.ACCESS_REVIEW_MONTHS = 3
    review = begin_review(actor=actor("gm"))
    with pytest.raises(Refused, match="review_open"):
        begin_review(actor=actor("gm"))
    with pytest.raises(Refused, match="review_unfinished"):
        close_review(review.pk, actor=actor("gm"))
    objected = object_to(lines_of(review, "rep")[0].pk, note="范围过大", actor=actor("gm"))
    all_confirmed(review, actor)
    with pytest.raises(Refused, match="review_unfinished"):
        close_review(review.pk, actor=actor("gm"))
    mark_corrected(objected.pk, note="角色已收窄", actor=actor("admin"))
    close_review(review.pk, actor=actor("gm"))
    assert due_on() == date(2027, 2, 16)
    with pytest.raises(Refused, match="review_closed"):
        confirm_lines(review.pk, [objected.pk], actor=actor("gm"))


def test_a_correction_says_why(actor: Who):
    review = begin_review(actor=actor("gm"))
    for words in ("", "  ", "长" * 301):
        with pytest.raises(Invalid):
            object_to(lines_of(review, "rep")[0].pk, note=words, actor=actor("gm"))


def test_freezing_takes_as_many_statements_for_few_people_as_for_many(actor: Who):
    def statements() -> int:
        AccessReview.objects.all().delete()
        with CaptureQueriesContext(connection) as queries:
            begin_review(actor=actor("gm"))
        return len(queries)

    few = statements()
    role, unit = Role.objects.get(key="service-doctor"), Post.objects.first().unit
    people = Staff.objects.bulk_create(
        Staff(name=f"员工{n}", number=f"9{n:04}", joined_on=date(2026, 1, 1)) for n in range(300)
    )
    Post.objects.bulk_create(Post(staff=one, unit=unit, role=role, starts_on=date(2026, 1, 1)) for one in people)
    assert statements() == few
    assert ReviewLine.objects.count() == len(CAST) + 300


@pytest.mark.parametrize("path", ["/settings/security", "/settings/security/reviews", "/settings/security/checks"])
@pytest.mark.parametrize("login", ["gm", "admin"])
def test_the_pages_open_for_who_keeps_the_house(browse: Callable[[str], Client], login: str, path: str):
    assert browse(login).get(path).status_code == 200
    assert browse("rep").get(path).status_code == 403


def test_going_through_a_review_on_the_screen(browse: Callable[[str], Client], actor: Who):
    client = browse("gm")
    assert client.post("/settings/security/reviews/begin").status_code == 302
    review = AccessReview.objects.get()
    home = f"/settings/security/reviews/{review.pk}"
    page = client.get(home).content.decode()
    assert page.count('name="line"') == len(CAST) - 1
    ids = list(review.lines.exclude(staff_id=actor("gm").staff_id).values_list("id", flat=True))
    assert client.post(f"{home}/confirm", {"line": ids[:4]}).status_code == 302
    assert review.lines.filter(state="confirmed").count() == 4
    assert client.post(f"{home}/confirm", {}).status_code == 422
    own = review.lines.get(staff_id=actor("gm").staff_id)
    assert client.post(f"{home}/confirm", {"line": own.pk}).status_code == 403
    line = f"/settings/security/review-lines/{ids[5]}"
    assert client.get(line).status_code == 200
    assert client.post(line, {"step": "object", "note": ""}).status_code == 422
    assert client.post(line, {"step": "object", "note": "权限过大"}).status_code == 302
    assert client.post(f"{home}/close").status_code == 422


def test_the_file_has_a_row_for_each_right_and_its_making_is_in_the_trail(browse: Callable[[str], Client], actor: Who):
    review = begin_review(actor=actor("gm"))
    review.lines.filter(staff__account__login="rep").update(label="=HYPERLINK(1)")
    answer = browse("gm").get(f"/settings/security/reviews/{review.pk}/file")
    rows = answer.content.decode("utf-8-sig").splitlines()
    assert len(rows) == 1 + sum(len(line.rights) for line in review.lines.all())
    assert "\n=HYPERLINK" not in answer.content.decode()
    assert ",'=HYPERLINK(1)," in answer.content.decode()
    assert Entry.objects.filter(name="ops:review:taken_out", changes__count=len(rows) - 1).exists()
