"""Nobody's data go to a third party without consent: not in the file, not in the figures, not after taking it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from guanxi.base.audit.models import Entry
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid
from guanxi.base.records.asked import Asked
from guanxi.base.records.exports import rows
from guanxi.base.records.exports.actions import ask_export
from guanxi.base.records.exports.asking import Wanted
from guanxi.base.records.exports.models import ExportRun
from guanxi.base.records.exports.running import carry_out
from guanxi.base.records.outsiders import OUTSIDERS, Outsiders, Recipient
from guanxi.base.records.types import RECORD_TYPES
from guanxi.core.activities.models import Coming
from guanxi.core.customers.models import Customer
from guanxi.core.customers.screens.customer import CUSTOMERS
from guanxi.core.privacy import sharing
from guanxi.core.privacy.actions.consent import Said, add_wording, give_consent, withdraw_consent
from guanxi.core.privacy.models import Consent, ConsentPurpose, Processor

from .conftest import content, csv_rows, workbook

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-02")]
ActorOf = Callable[[str], Actor]
Browse = Callable[[str], Client]
CustomerOf = Callable[..., Customer]
INSIDE = Wanted(format="csv", purpose="联合体检")
THIRD = replace(INSIDE, recipient="third", recipient_name="安康体检中心")
Plant = Callable[[str, str], None]
Three = dict[str, Customer]


@pytest.fixture
def three(customer_of: CustomerOf, actor: ActorOf) -> Three:
    """One agreed, one took it back, one was never asked."""
    people = {name: customer_of("rep", name=name) for name in ("崔强", "王霞", "何静")}
    agree(people["崔强"], actor("rep"))
    agree(people["王霞"], actor("rep"))
    withdraw_consent(people["王霞"].pk, Said("third-party"), actor=actor("rep"))
    return people


def agree(customer: Customer, who: Actor, channel: str = "any") -> None:
    give_consent(customer.pk, Said("third-party", channel, "signed"), actor=who)


def given(wanted: Wanted, who: Actor, *, kind: str = "customer") -> ExportRun:
    type_ = RECORD_TYPES.get(kind)
    return carry_out(ask_export(type_, Asked(), wanted, actor=who).pk)


def names(run: ExportRun) -> set[str]:
    return {row[0] for row in csv_rows(run)[1:]}


def test_inside_the_company_nobody_is_left_out(three: Three, actor: ActorOf) -> None:
    run = given(INSIDE, actor("manager"))
    assert names(run) == {"崔强", "王霞", "何静"}
    assert (run.recipient, run.left_out) == ("inside", 0)


def test_a_third_party_gets_those_who_agreed_and_the_others_are_counted(three: Three, actor: ActorOf) -> None:
    run = given(THIRD, actor("manager"))
    assert names(run) == {"崔强"}
    assert (run.rows, run.left_out, run.recipient_name) == (1, 2, "安康体检中心")
    for other in ("王霞", "何静"):
        assert other.encode() not in content(run)


def test_a_filter_that_is_taken_away_is_found(three: Three, actor: ActorOf, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted hole: without the filter the two who did not agree stand in the file."""
    monkeypatch.setattr(rows, "narrowed", lambda selection, recipient: selection)
    assert names(given(THIRD, actor("manager"))) == {"崔强", "王霞", "何静"}


@pytest.mark.parametrize(
    ("hole", "instead", "comes_through"),
    [
        ("coalesce(max(k.id) FILTER (WHERE NOT k.is_given), 0)", "0", "王霞"),
        ("k.channel = %s", "%s <> ''", "林晓"),
        ("k.purpose_id = %s", "%s > 0", "韩梅"),
        (" AND NOT c.is_do_not_disturb", "", "安静"),
        (" AND c.deceased_on IS NULL", "", "田老"),
    ],
)
def test_each_part_of_the_condition_is_needed(
    hole: str, instead: str, comes_through: str, three: Three, odd_ones: None, actor: ActorOf, plant: Plant
) -> None:
    """One part is taken out of the statement at a time, and the one it keeps back stands in the file."""
    ConsentPurpose.objects.filter(key="third-party").update(renews=False)
    assert names(given(THIRD, actor("manager"))) == {"崔强"}
    plant(hole, instead)
    assert names(given(THIRD, actor("manager"))) == {"崔强", comes_through}


@pytest.fixture
def odd_ones(customer_of: CustomerOf, actor: ActorOf) -> None:
    """Each agreed to something, and to give their data nobody did."""
    give_consent(customer_of("rep", name="韩梅").pk, Said("promotion"), actor=actor("rep"))
    agree(customer_of("rep", name="林晓"), actor("rep"), channel="phone")
    for name, value in (("安静", {"is_do_not_disturb": True}), ("田老", {"deceased_on": clock.today()})):
        person = customer_of("rep", name=name)
        agree(person, actor("rep"))
        Customer.objects.filter(pk=person.pk).update(**value)


@pytest.fixture
def plant(monkeypatch: pytest.MonkeyPatch) -> Plant:
    def put(part: str, instead: str) -> None:
        assert sharing.AGREED.count(part) == 1
        monkeypatch.setattr(sharing, "AGREED", sharing.AGREED.replace(part, instead))

    return put


def test_a_consent_for_one_channel_is_none_to_give_everything(
    three: Three, actor: ActorOf, customer_of: CustomerOf
) -> None:
    agree(three["何静"], actor("rep"), channel="phone")
    assert names(given(THIRD, actor("manager"))) == {"崔强"}


def test_what_is_taken_back_for_one_channel_counts_for_all(three: Three, actor: ActorOf) -> None:
    withdraw_consent(three["崔强"].pk, Said("third-party", "sms"), actor=actor("rep"))
    with pytest.raises(Invalid) as refused:
        given(THIRD, actor("manager"))
    assert set(refused.value.errors) == {"recipient"}
    agree(three["崔强"], actor("rep"))
    assert names(given(THIRD, actor("manager"))) == {"崔强"}


def test_a_new_wording_asks_anew(three: Three, actor: ActorOf, plant: Plant) -> None:
    purpose = ConsentPurpose.objects.get(key="third-party")
    add_wording(purpose.pk, text="新的说明", actor=actor("gm"))
    with pytest.raises(Invalid):
        given(THIRD, actor("manager"))
    ConsentPurpose.objects.filter(pk=purpose.pk).update(renews=False)
    assert names(given(THIRD, actor("manager"))) == {"崔强"}
    ConsentPurpose.objects.filter(pk=purpose.pk).update(renews=True)
    plant("(%s OR k.wording_id = %s)", "(%s OR %s > 0)")
    assert names(given(THIRD, actor("manager"))) == {"崔强"}, "the planted hole lets the old wording count"


def test_it_is_decided_again_when_the_file_is_made(three: Three, actor: ActorOf) -> None:
    agree(three["何静"], actor("rep"))
    run = ask_export(CUSTOMERS, Asked(), THIRD, actor=actor("manager"))
    assert (run.total, run.left_out) == (2, 1)
    withdraw_consent(three["崔强"].pk, Said("third-party"), actor=actor("rep"))
    run = carry_out(run.pk)
    assert names(run) == {"何静"}
    assert (run.rows, run.left_out) == (1, 2)


def test_when_everybody_took_it_back_meanwhile_no_file_is_made(three: Three, actor: ActorOf) -> None:
    run = ask_export(CUSTOMERS, Asked(), THIRD, actor=actor("manager"))
    withdraw_consent(three["崔强"].pk, Said("third-party"), actor=actor("rep"))
    run = carry_out(run.pk)
    assert (run.state, run.problem["code"]) == ("failed", "nobody_agreed")


def test_a_file_that_waits_is_not_handed_out_after_somebody_took_it_back(
    three: Three, actor: ActorOf, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, client = given(THIRD, actor("manager")), browse("manager")
    assert client.get(f"/exports/{run.pk}/file").status_code == 200
    agree(three["何静"], actor("rep"))
    assert client.get(f"/exports/{run.pk}/file").status_code == 200, "who agrees later takes nothing away"
    withdraw_consent(three["崔强"].pk, Said("third-party"), actor=actor("rep"))
    refused = client.get(f"/exports/{run.pk}/file")
    assert refused.status_code == 409
    assert "已撤回" in refused.content.decode()
    monkeypatch.setattr(sharing.Consent.objects, "filter", lambda **_asked: Consent.objects.none())
    assert client.get(f"/exports/{run.pk}/file").status_code == 200, "the planted hole hands it out"


def test_a_file_from_before_a_new_wording_is_not_handed_out(three: Three, actor: ActorOf, browse: Browse) -> None:
    run = given(THIRD, actor("manager"))
    add_wording(ConsentPurpose.objects.get(key="third-party").pk, text="新的说明", actor=actor("gm"))
    assert browse("manager").get(f"/exports/{run.pk}/file").status_code == 409


def test_inside_the_house_nothing_of_that_matters(three: Three, actor: ActorOf, browse: Browse) -> None:
    run = given(INSIDE, actor("manager"))
    withdraw_consent(three["崔强"].pk, Said("third-party"), actor=actor("rep"))
    assert browse("manager").get(f"/exports/{run.pk}/file").status_code == 200


def test_what_hangs_on_a_customer_goes_by_the_consent_of_that_customer(three: Three, actor: ActorOf) -> None:
    for customer in three.values():
        coming(customer)
    run = given(THIRD, actor("manager"), kind="coming")
    assert (run.rows, run.left_out) == (1, 2)
    assert "崔强" in content(run).decode()
    assert "何静" not in content(run).decode()


def coming(customer: Customer) -> Coming:
    moment = clock.now()
    return Coming.objects.create(
        customer=customer,
        owner_id=customer.owner_id,
        unit_id=customer.unit_id,
        comes_on=clock.today(),
        purpose="到访",
        created_at=moment,
        updated_at=moment,
    )


def test_every_type_about_customers_knows_whose_consent_counts() -> None:
    """A new type is covered without being told; one that names nobody never goes to a third party."""
    behind = {type_.key: sharing.persons_behind(type_.model) for type_ in RECORD_TYPES}
    concerned = {key for key, columns in behind.items() if columns is not None}
    assert {key: behind[key] for key in concerned} == {key: ["t.customer_id"] for key in concerned} | {
        "customer": ["t.id"]
    }
    assert len(concerned) >= 8
    assert {key for key in behind if key not in concerned} <= {"processor", "dataincident", "risk", "gift"}


def test_records_that_speak_of_customers_without_naming_them_never_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "persons_behind", lambda model: [])
    condition = OUTSIDERS.agreed(Customer)
    assert condition is not None
    assert condition.sql == "FALSE"


def test_until_somebody_knows_of_consents_nothing_goes() -> None:
    condition = Outsiders().agreed(Customer)
    assert condition is not None
    assert condition.sql == "FALSE"
    assert Outsiders().registered() == []
    assert Outsiders().is_stale([])


def test_without_the_purpose_nobody_agreed(three: Three, actor: ActorOf) -> None:
    ConsentPurpose.objects.filter(key="third-party").update(is_active=False)
    with pytest.raises(Invalid):
        given(THIRD, actor("manager"))


@pytest.fixture
def lab() -> Processor:
    moment = clock.now()
    return Processor.objects.create(
        name="正衡检验",
        kind="other",
        sent="姓名、电话",
        purpose="检验",
        agreed_on=clock.today() - timedelta(days=30),
        agreed_until=clock.today() + timedelta(days=1),
        created_at=moment,
        updated_at=moment,
    )


def test_who_works_for_us_under_an_agreement_gets_the_whole_list(three: Three, actor: ActorOf, lab: Processor) -> None:
    run = given(replace(INSIDE, recipient="processor", processor=str(lab.pk)), actor("manager"))
    assert names(run) == {"崔强", "王霞", "何静"}
    assert (run.recipient_name, run.processor_id, run.left_out) == ("正衡检验", lab.pk, 0)


@pytest.mark.parametrize(
    "change",
    [
        {"agreed_until": date(2026, 11, 15)},
        {"agreed_on": None},
        {"agreed_on": date(2026, 11, 17)},
        {"removed_at": clock.now},
    ],
)
def test_without_an_agreement_in_force_nobody_works_for_us(
    change: dict[str, Any], three: Three, actor: ActorOf, lab: Processor
) -> None:
    wanted = replace(INSIDE, recipient="processor", processor=str(lab.pk))
    run = ask_export(CUSTOMERS, Asked(), wanted, actor=actor("manager"))
    Processor.objects.update(**{key: value() if callable(value) else value for key, value in change.items()})
    with pytest.raises(Invalid) as refused:
        ask_export(CUSTOMERS, Asked(), wanted, actor=actor("manager"))
    assert set(refused.value.errors) == {"processor"}
    run = carry_out(run.pk)
    assert (run.state, run.problem["code"]) == ("failed", "agreement_over")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"recipient_name": "  "}, "recipient_name"),
        ({"recipient_name": "长" * 121}, "recipient_name"),
        ({"recipient": "processor"}, "processor"),
        ({"recipient": "processor", "processor": "7' OR 1"}, "processor"),
        ({"recipient": "everybody"}, "recipient"),
    ],
)
def test_who_gets_it_has_to_be_said(wrong: dict[str, str], field: str, three: Three, actor: ActorOf) -> None:
    with pytest.raises(Invalid) as refused:
        given(replace(THIRD, **wrong), actor("manager"))
    assert set(refused.value.errors) == {field}
    assert not ExportRun.objects.exists()


def test_the_trail_and_the_file_say_to_whom(three: Three, actor: ActorOf) -> None:
    run = given(replace(THIRD, format="xlsx"), actor("manager"))
    entries = Entry.objects.filter(kind="export", subject_id=run.pk).order_by("id")
    assert [entry.name for entry in entries] == ["records:export:asked", "records:export:finished"]
    for entry in entries:
        assert entry.changes["given_to"] == [None, "安康体检中心"]
        assert (entry.changes["to"], entry.changes["left_out"]) == ("third", 2)
    about = workbook(run).worksheets[1]
    lines = {row[0].value: row[1].value for row in about.iter_rows()}
    assert (lines["提供给"], lines["因无同意而未包含"]) == ("安康体检中心", "2")


def test_the_form_says_before_how_many_go_and_the_run_says_it_after(
    three: Three, actor: ActorOf, browse: Browse
) -> None:
    client = browse("manager")
    page = client.get("/customers/export").content.decode()
    assert "将提供给第三方 1 行；另有 2 行" in page
    data = {"format": "csv", "purpose": "联合体检", "recipient": "third", "recipient_name": ""}
    refused = client.post("/customers/export", data)
    assert refused.status_code == 422
    answer = client.post("/customers/export", data | {"recipient_name": "安康体检中心"})
    assert answer.status_code == 302
    run = carry_out(ExportRun.objects.get().pk)
    page = client.get(f"/exports/{run.pk}").content.decode()
    assert "安康体检中心（第三方）" in page
    assert "有 2 行未包含" in page


def test_who_permits_reads_to_whom(three: Three, actor: ActorOf, browse: Browse, settings: Any) -> None:
    settings.EXPORT_WITHOUT_PERMIT = 0
    run = ask_export(CUSTOMERS, Asked(), THIRD, with_permission=True, actor=actor("manager"))
    assert run.state == "asked"
    page = browse("gm").get(f"/exports/requests/{run.pk}").content.decode()
    assert "安康体检中心（第三方）" in page
    assert "因无同意而未包含" in page


def test_only_the_rows_that_go_are_counted_as_taken(three: Three, actor: ActorOf, settings: Any) -> None:
    settings.EXPORT_WITHOUT_PERMIT = 1
    assert ask_export(CUSTOMERS, Asked(), THIRD, actor=actor("manager")).state == "queued"


@pytest.fixture
def many(customer_of: CustomerOf) -> list[Customer]:
    return [customer_of("rep", name=f"客户{number}") for number in range(30)]


def test_the_rows_agree_with_the_plain_reading_of_what_people_said(many: list[Customer], actor: ActorOf) -> None:
    """Histories of thirty people, made by counting, against reading them one after another."""
    purpose = ConsentPurpose.objects.get(key="third-party")
    wording_id = sharing.purposes().get(pk=purpose.pk).wording_id  # type: ignore[attr-defined]  # annotated there
    expected = set()
    for place, person in enumerate(many):
        said = [(("any", "sms", "phone")[(place + step) % 3], (place >> step) % 2 == 0) for step in range(place % 5)]
        for channel, is_given in said:
            Consent.objects.create(
                customer=person,
                purpose=purpose,
                wording_id=wording_id,
                channel=channel,
                is_given=is_given,
                source="spoken",
                at=clock.now(),
            )
        agreed = False
        for channel, is_given in said:
            agreed = is_given and (agreed or channel == "any")
        expected |= {person.name} if agreed else set()
    assert 0 < len(expected) < len(many)
    assert names(given(THIRD, actor("manager"))) == expected


def test_a_recipient_in_the_house_leaves_no_word_in_the_trail() -> None:
    assert Recipient().told == {}
