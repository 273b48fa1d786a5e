"""Group robots of WeCom, DingTalk and Feishu: the form of a message, the signature, what an answer means."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import quote_plus

from django.conf import settings
from django.utils.translation import gettext as _

from guanxi.base.kernel import clock, outgoing
from guanxi.base.kernel.destinations import Blocked, read, read_allowed

from .models import DINGTALK, FEISHU, WECOM
from .papers import Paper, markdown_lines, plain, plain_lines, within_bytes


class Outcome(Enum):
    SENT = "sent"
    RETRY = "retry"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Result:
    outcome: Outcome
    code: str = ""


@dataclass(frozen=True)
class Robot:
    """`compose(address, secret, paper)` gives where to post what. `code` is where the answer says how it went."""

    hosts: tuple[str, ...]
    compose: Callable[[str, str, Paper], tuple[str, dict[str, Any]]]
    codes: tuple[str, ...]
    # The provider asks to come again later: too many messages, or it is busy.
    later: tuple[int, ...]
    wants_secret: bool


def signature(key: str, message: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()).decode()


def for_wecom(address: str, secret: str, paper: Paper) -> tuple[str, dict[str, Any]]:
    link = f"[{_('Open Guanxi')}]({paper.link})" if paper.link else ""
    content = within_bytes(markdown_lines(paper), 4096, last=link)
    return address, {"msgtype": "markdown", "markdown": {"content": content}}


def for_dingtalk(address: str, secret: str, paper: Paper) -> tuple[str, dict[str, Any]]:
    if secret:
        stamp = str(int(clock.now().timestamp() * 1000))
        sign = quote_plus(signature(secret, f"{stamp}\n{secret}"))
        address = f"{address}&timestamp={stamp}&sign={sign}"
    link = f"[{_('Open Guanxi')}]({paper.link})" if paper.link else ""
    text = within_bytes(markdown_lines(paper, heading="#### {}", line="- {}"), 18_000, last=link, joint="\n\n")
    return address, {"msgtype": "markdown", "markdown": {"title": plain(paper.title), "text": text}}


def for_feishu(address: str, secret: str, paper: Paper) -> tuple[str, dict[str, Any]]:
    lines = within_bytes(plain_lines(paper), 18_000).split("\n")
    content: list[list[dict[str, str]]] = [[{"tag": "text", "text": line}] for line in lines]
    if paper.link:
        content.append([{"tag": "a", "text": _("Open Guanxi"), "href": paper.link}])
    post = {"zh_cn": {"title": plain(paper.title), "content": content}}
    signed = {}
    if secret:
        stamp = str(int(clock.now().timestamp()))
        signed = {"timestamp": stamp, "sign": signature(f"{stamp}\n{secret}", "")}
    return address, {**signed, "msg_type": "post", "content": {"post": post}}


ROBOTS: Mapping[str, Robot] = {
    WECOM: Robot(("qyapi.weixin.qq.com",), for_wecom, ("errcode",), (-1, 45009, 45033), wants_secret=False),
    DINGTALK: Robot(("oapi.dingtalk.com",), for_dingtalk, ("errcode",), (-1, 130101, 410100), True),
    FEISHU: Robot(("open.feishu.cn", "open.larksuite.com"), for_feishu, ("code", "StatusCode"), (9499, 11232), True),
}


def is_of(provider: str, address: str) -> bool:
    """Robots live at their provider's host, or where an administrator of the machine allowed one."""
    allow = read_allowed(settings.OUTGOING_ALLOW)
    try:
        place = read(address, allow=allow)
    except Blocked:
        return False
    is_allowed = any((one.host, one.port) == (place.host, place.port) for one in allow)
    return is_allowed or place.host in ROBOTS[provider].hosts


def send(provider: str, address: str, secret: str, paper: Paper) -> Result:
    """Never raises for what happens outside; an outcome that is not known is said to be so."""
    robot = ROBOTS[provider]
    if not address or (robot.wants_secret and not secret):
        return Result(Outcome.FAILED, "no address or secret")
    url, payload = robot.compose(address, secret, paper)
    try:
        answer = outgoing.post_json(url, payload)
    except outgoing.Blocked as blocked:
        return Result(Outcome.FAILED, f"blocked: {blocked.reason}"[:60])
    except outgoing.Unreached as lost:
        return Result(Outcome.RETRY, f"not reached: {lost}"[:60])
    except outgoing.Unanswered as lost:
        return Result(Outcome.UNKNOWN, f"no answer: {lost}"[:60])
    return judge(robot, answer)


def judge(robot: Robot, answer: outgoing.Answer) -> Result:
    if answer.status in (429, 500, 503):
        return Result(Outcome.RETRY, f"HTTP {answer.status}")
    if answer.status >= 500:
        # A gateway that lost the way back does not know what happened behind it.
        return Result(Outcome.UNKNOWN, f"HTTP {answer.status}")
    if answer.status != 200:
        return Result(Outcome.FAILED, f"HTTP {answer.status}")
    said = answer.json()
    codes = [said[name] for name in robot.codes if isinstance(said, dict) and isinstance(said.get(name), int)]
    if not codes:
        return Result(Outcome.UNKNOWN, "unreadable answer")
    if codes[0] == 0:
        return Result(Outcome.SENT, "0")
    return Result(Outcome.RETRY if codes[0] in robot.later else Outcome.FAILED, str(codes[0])[:60])
