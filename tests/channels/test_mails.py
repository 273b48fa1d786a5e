"""E-mail to people, against an SMTP server of our own: log-in, refusals for now and for good, what a person wants."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from django.test import Client

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid
from guanxi.base.org.models import Staff
from guanxi.core.messaging.channels import mails, outbox, reporting
from guanxi.core.messaging.channels.actions import ChannelEntry, choose_mail, create_channel, send_test
from guanxi.core.messaging.channels.models import FAILED, SENT, WAITING
from guanxi.core.messaging.channels.papers import Paper, Section
from guanxi.core.messaging.models import Channel, Delivery
from guanxi.core.rulebooks.jobs import run_rules

pytestmark = [pytest.mark.django_db, pytest.mark.req("CAR-30")]
WORD = "word of the mail server"
ActorOf = Callable[[str], Actor]


@dataclass
class Office:
    """What arrived; `answers` by recipient refuse with that line, until taken away."""

    arrived: list[Any] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    tried: int = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        self.tried += 1
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.arrived.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default)))
        return "250 OK"


def checked(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    is_right = isinstance(data, LoginPassword) and data.login == b"guanxi" and data.password == WORD.encode()
    return AuthResult(success=is_right, handled=False)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture
def office(settings: Any) -> Iterator[Office]:
    found = Office()
    controller = Controller(
        found,
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=checked,
        auth_required=True,
        auth_require_tls=False,
    )
    controller.start()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "guanxi", WORD
    settings.EMAIL_SECURITY, settings.DEFAULT_FROM_EMAIL = "none", "crm@example.com"
    yield found
    controller.stop()


@pytest.fixture
def channel(office: Office, actor: ActorOf) -> Channel:
    for login in ("rep", "colleague", "stranger", "supervisor", "admin"):
        Staff.objects.filter(account__login=login).update(email=f"{login}@example.com")
    entry = ChannelEntry("email", "邮件", digest_at=time(8, 30), late_alerts=True)
    return create_channel(entry, actor=actor("admin"))


@pytest.fixture
def lateness(rulebook_21: Any, customer_of: Callable[..., Any], form_of: Callable[..., Any]) -> None:
    for login in ("rep", "stranger", "doctor"):
        form_of("rep" if login == "doctor" else login, customer_of("rep" if login == "doctor" else login))


def move_to(day: int, hour: int, minute: int = 0) -> None:
    moment = datetime(2026, 11, day, hour, minute, tzinfo=clock.ZONE)
    clock.advance(seconds=(moment - clock.now()).total_seconds())


def to(office: Office) -> list[str]:
    return sorted(address for recipients, _mail in office.arrived for address in recipients)


def send_digests() -> None:
    reporting.put_digests_in()
    outbox.deliver_all()


def test_each_gets_the_own_digest_in_text_and_html(lateness: None, channel: Channel, office: Office):
    move_to(20, 8, 30)
    send_digests()
    send_digests()
    assert to(office) == ["rep@example.com", "stranger@example.com"]
    mail = next(mail for recipients, mail in office.arrived if recipients == ["rep@example.com"])
    assert mail["subject"] == "关系 2026-11-20：应办与逾期"
    assert mail["from"] == "关系 <crm@example.com>"
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    for part in (text, html):
        assert "逾期：2" in part
        assert "崔强" not in part
    assert "<li>" in html


def test_who_is_late_is_told_once(lateness: None, channel: Channel, office: Office):
    reporting.put_alerts_in()
    move_to(20, 0, 12)
    for _again in range(2):
        run_rules()
        reporting.put_alerts_in()
        outbox.deliver_all()
    assert to(office) == ["rep@example.com", "stranger@example.com"]
    assert office.arrived[0][1]["subject"] == "您有逾期事项"


def test_a_person_may_switch_it_off(
    lateness: None, channel: Channel, office: Office, actor: ActorOf, browse: Callable[[str], Client]
):
    choose_mail(digest=False, late=True, actor=actor("rep"))
    assert browse("stranger").post("/settings/mail", {"late": "on"}).status_code == 302
    move_to(20, 8, 30)
    send_digests()
    assert to(office) == []
    assert "stranger@example.com" in browse("stranger").get("/settings/mail").content.decode()


@pytest.mark.parametrize(
    ("line", "state", "tried"), [("451 try later", WAITING, 1), ("550 no such mailbox", FAILED, 1)]
)
def test_a_refused_recipient_does_not_hold_up_the_others(
    line: str, state: str, tried: int, lateness: None, channel: Channel, office: Office
):
    office.answers["rep@example.com"] = line
    move_to(20, 8, 30)
    send_digests()
    found = Delivery.objects.get(recipient__account__login="rep")
    assert (found.state, found.code, found.attempts) == (state, line[:3], tried)
    assert to(office) == ["stranger@example.com"]
    office.answers.clear()
    clock.advance(minutes=2)
    outbox.deliver_all()
    assert ("rep@example.com" in to(office)) == (state == WAITING)


def test_a_wrong_password_is_shown_and_tried_again(lateness: None, channel: Channel, office: Office, settings: Any):
    settings.EMAIL_HOST_PASSWORD = "another"
    move_to(20, 8, 30)
    send_digests()
    assert set(Delivery.objects.exclude(recipient=None).values_list("state", "code")) == {(WAITING, "535")}
    assert office.tried == 0
    settings.EMAIL_HOST_PASSWORD = WORD
    clock.advance(minutes=2)
    outbox.deliver_all()
    assert len(to(office)) == 2


def test_the_test_message_goes_to_whoever_tests(channel: Channel, office: Office, actor: ActorOf):
    send_test(channel.pk, actor=actor("admin"))
    outbox.deliver_all()
    assert to(office) == ["admin@example.com"]


def test_people_who_left_get_nothing(lateness: None, channel: Channel, office: Office):
    Staff.objects.filter(account__login="stranger").update(left_on=clock.today())
    move_to(20, 8, 30)
    send_digests()
    assert to(office) == ["rep@example.com"]


@pytest.mark.parametrize(
    "address",
    [
        "a@example.com\nBcc: all@example.com",
        "a@example.com\r\nX: y",
        "a@example.com, b@example.com",
        "A <a@example.com>",
        "a@example.com;b@example.com",
        "@example.com",
        "a@",
        "a b@example.com",
        "a" * 70 + "@example.com",
    ],
)
def test_an_address_is_one_address(address: str, office: Office):
    assert not mails.is_address(address)
    assert mails.send(address, Paper("x", ()), key="k").outcome.value == FAILED
    assert office.arrived == []


def test_nothing_in_a_title_becomes_a_header(office: Office):
    paper = Paper("早\r\nBcc: all@example.com\nX-Evil: 1", (Section("<script>a</script>", ("b\r\nc",)),))
    assert mails.send("a@example.com", paper, key="k").outcome.value == SENT
    mail = office.arrived[0][1]
    assert (mail["bcc"], mail["x-evil"]) == (None, None)
    assert "<script>" not in mail.get_body(("html",)).get_content()
    assert office.arrived[0][0] == ["a@example.com"]


def test_without_a_server_there_is_no_such_channel(actor: ActorOf):
    with pytest.raises(Invalid) as refused:
        create_channel(ChannelEntry("email", "邮件"), actor=actor("admin"))
    assert set(refused.value.errors) == {"provider"}
