"""The statement of a month: its sums, closing it, and what is taken back afterwards."""

from datetime import date
from decimal import Decimal
from threading import Event, Thread

import pytest
from django.db import IntegrityError, connection, transaction

from guanxi.base.kernel import clock
from guanxi.base.kernel.errors import NotAllowed, Refused
from guanxi.core.rulebooks import months
from guanxi.core.rulebooks.actions.proposal import (
    answer_appeal,
    appeal_proposal,
    confirm_proposal,
    forgive_proposal,
    review_proposal,
)
from guanxi.core.rulebooks.actions.statement import close_month
from guanxi.core.rulebooks.jobs import run_rules
from guanxi.core.rulebooks.models import ClosedMonth, Proposal

from .conftest import at, move_to

pytestmark = [pytest.mark.django_db, pytest.mark.req("POL-04", "KPI-10")]
NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
BY_HAND = """
SELECT s.name, sum(CASE WHEN p.month = %(m)s THEN p.amount ELSE 0 END)
  - sum(CASE WHEN p.reversed_month = %(m)s THEN p.amount ELSE 0 END)
FROM rulebooks_proposal p, org_staff s
WHERE s.id = p.staff_id AND p.kind = 'deduct' AND (p.month = %(m)s OR p.reversed_month = %(m)s)
GROUP BY s.name ORDER BY s.name
"""


@pytest.fixture
def confirmed(late, actor):
    return confirm_proposal(late().pk, actor=actor("manager"))


@pytest.fixture
def closed(confirmed, actor):
    appeal_proposal(confirmed.pk, text="有异议", actor=actor("rep"))
    move_to(at(12, 1))
    close_month(NOVEMBER, actor=actor("gm"))
    confirmed.refresh_from_db()
    return confirmed


def test_sums_are_those_of_hand_written_sql(in_force, form_of, actor):
    in_force()
    forms = [form_of(login) for login in ("rep", "rep", "rep", "colleague", "supervisor")]
    move_to(at(11, 22))
    run_rules()
    first, second, third, *others = [Proposal.objects.get(duty__subject_id=form.pk) for form in forms]
    for proposal in (first, second, *others):
        confirm_proposal(proposal.pk, actor=actor("manager"))
    forgive_proposal(third.pk, why="情有可原", actor=actor("manager"))
    appeal_proposal(second.pk, text="有异议", actor=actor("rep"))
    answer_appeal(second.pk, upheld=True, why="属实", actor=actor("gm"))
    with connection.cursor() as cursor:
        cursor.execute(BY_HAND, {"m": NOVEMBER})
        by_hand = cursor.fetchall()
    lines = months.figures_by_person(NOVEMBER, actor("gm"))
    assert sorted((line.name, line.figures.deducted) for line in lines) == by_hand
    assert {line.name: line.figures.deducted for line in lines} == {"邱远": 20, "黄娜": 20, "方磊": 20}
    assert months.whole(NOVEMBER)._asdict() | {} == {
        "lines": 5,
        "people": 3,
        "deducted": Decimal("60.00"),
        "points": 0,
        "notices": 0,
        "moved": 0,
    }
    assert [month for month, _figures in months.figures_by_month(actor("gm"))] == [NOVEMBER]


@pytest.mark.parametrize(
    ("login", "names"),
    [
        *((login, {"邱远"}) for login in ("rep", "supervisor", "manager", "gm")),
        *((login, set()) for login in ("colleague", "hangzhou", "stranger", "doctor", "service")),
    ],
)
def test_each_reads_the_statement_of_his_people(confirmed, actor, login, names):
    assert {line.name for line in months.figures_by_person(NOVEMBER, actor(login))} == names


def test_the_running_month_cannot_be_closed(confirmed, actor):
    move_to(at(11, 30, 23, 59))
    with pytest.raises(Refused) as refusal:
        close_month(NOVEMBER, actor=actor("gm"))
    assert refusal.value.code == "month_runs"


def test_only_whom_the_right_was_given_closes(confirmed, actor):
    move_to(at(12, 1))
    for login in ("manager", "supervisor", "rep", "admin"):
        with pytest.raises(NotAllowed):
            close_month(NOVEMBER, actor=actor(login))


def test_closing_writes_down_what_was_closed_and_happens_once(closed, actor):
    row = ClosedMonth.objects.get()
    assert (row.month, row.lines, row.total) == (NOVEMBER, 1, Decimal("20.00"))
    with pytest.raises(Refused):
        close_month(NOVEMBER, actor=actor("gm"))


def test_months_are_closed_in_their_order(confirmed, actor):
    move_to(at(1, 2) if clock.today().year == 2027 else at(12, 31))
    clock.advance(days=3)
    with pytest.raises(Refused) as refusal:
        close_month(DECEMBER, actor=actor("gm"))
    assert refusal.value.code == "earlier_month_open"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE rulebooks_proposal SET amount = 5 WHERE id = %s",
        "UPDATE rulebooks_proposal SET state = 'forgiven' WHERE id = %s",
        "UPDATE rulebooks_proposal SET month = '2026-12-01' WHERE id = %s",
        "UPDATE rulebooks_proposal SET reversed_month = '2026-11-01' WHERE id = %s",
        "UPDATE rulebooks_proposal SET staff_id = confirmer_id WHERE id = %s",
        "UPDATE rulebooks_proposal SET decision = 'anders' WHERE id = %s",
        "DELETE FROM rulebooks_proposal WHERE id = %s",
        "DELETE FROM rulebooks_closedmonth WHERE %s > 0",
        "UPDATE rulebooks_closedmonth SET total = 0 WHERE %s > 0",
        "INSERT INTO rulebooks_closedmonth (month, closed_at, lines, total) VALUES ('2026-12-05', now(), %s, 0)",
    ],
)
def test_nothing_in_a_closed_month_changes_whoever_writes(closed, sql):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [closed.pk])


def test_no_line_is_written_into_a_closed_month(closed):
    copy = Proposal.objects.get(id=closed.pk)
    copy.pk, copy.rung = None, 7
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save(force_insert=True)


def test_upheld_after_closing_it_stands_in_the_first_open_month_with_the_opposite_sign(closed, actor):
    answered = answer_appeal(closed.pk, upheld=True, why="属实", actor=actor("gm"))
    assert (answered.month, answered.reversed_month) == (NOVEMBER, DECEMBER)
    assert months.whole(NOVEMBER).deducted == Decimal("20.00")
    assert months.whole(DECEMBER).deducted == Decimal("-20.00")


def test_corrected_after_closing_it_is_looked_at_again_and_taken_back_in_an_open_month(closed, actor, call):
    call("rep", closed.duty, happened_at=at(11, 18))
    closed.refresh_from_db()
    assert closed.review == "open"
    reviewed = review_proposal(closed.pk, takes_back=True, why="补录属实", actor=actor("manager"))
    assert reviewed.reversed_month == DECEMBER


def test_what_is_confirmed_after_closing_stands_in_the_running_month(closed, form_of, actor):
    form = form_of("colleague")
    clock.advance(days=7)
    run_rules()
    proposal = Proposal.objects.get(duty__subject_id=form.pk)
    assert confirm_proposal(proposal.pk, actor=actor("manager")).month == DECEMBER


@pytest.mark.django_db(transaction=True)
def test_whoever_confirms_while_the_month_is_closed_waits_and_finds_it_closed(company, late, actor):
    """The closing holds its lock; the line that was on its way comes after it, into the next month."""
    proposal = late()
    move_to(at(12, 1))
    moment, begun, answers = clock.now(), Event(), []
    manager = actor("manager")

    def confirm() -> None:
        with clock.standing_at(moment):
            begun.set()
            try:
                Proposal.objects.filter(id=proposal.pk).update(
                    state="confirmed", month=NOVEMBER, decided_by=manager.staff_id, decided_at=moment
                )
                answers.append("written")
            except IntegrityError:
                answers.append("closed")
            finally:
                connection.close()

    thread = Thread(target=confirm)
    with transaction.atomic():
        close_month(NOVEMBER, actor=actor("gm"))
        thread.start()
        begun.wait()
    thread.join()
    assert answers == ["closed"]
