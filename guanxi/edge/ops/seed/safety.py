"""How the demo company keeps its house safe: one review of rights, some of the checklists, two risks, an incident."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Staff

from ..governance.checklists import Note, note_item
from ..governance.judging import close_incident, judge_incident, note_told
from ..governance.models import LineState
from ..governance.reviewing import begin_review, close_review, confirm_lines
from ..governance.screens.incidents import DATA_INCIDENTS
from ..governance.screens.risks import RISKS
from .company import actor_of

DONE = {
    "network.firewall-rules": ("仅放行 443，规则由周凯维护", 40),
    "network.vpn": ("WireGuard，每人一证，离职当天停用", 40),
    "malware.devices": ("抽查20台，均已更新", 12),
    "encryption.disks": ("服务器和笔记本均启用磁盘加密", 90),
    "recovery.elsewhere": ("每晚同步到杭州机房", 20),
}
RISK_ROWS = (
    ("员工用个人微信转发客户名单", "human", "3", "4", "management", "签署保密承诺，导出带水印，每季抽查"),
    ("成都机房停电导致系统中断", "hardware", "2", "4", "recovery", "配备 UPS，备份同步异地，半年演练恢复"),
)


def keep_safe(staff: Mapping[str, Staff]) -> None:
    admin, boss = staff["zhoukai"], staff["baiyun"]
    with clock.standing_at(clock.now() - timedelta(days=20)):
        _review(actor_of(admin), actor_of(boss))
        _incident(actor_of(staff["tangning"]), actor_of(boss))
    for key, (evidence, days) in DONE.items():
        day = clock.today() + timedelta(days=days)
        note_item(key, Note("done", evidence=evidence, responsible=admin, next_check_on=day), actor=actor_of(admin))
    for title, field, likelihood, impact, strategy, treatment in RISK_ROWS:
        values = {"title": title, "field": field, "likelihood": likelihood, "impact": impact, "state": "open"}
        values |= {"strategy": strategy, "treatment": treatment, "responsible": admin}
        assert RISKS.create
        RISKS.create(values, actor=actor_of(admin))


def _review(admin: Actor, boss: Actor) -> None:
    """Each goes through everybody else's lines, and the other one through theirs."""
    review = begin_review(actor=admin)
    for who in (boss, admin):
        rows = review.lines.filter(state=LineState.OPEN).exclude(staff_id=who.staff_id)
        if ids := list(rows.values_list("id", flat=True)):
            confirm_lines(review.pk, ids, actor=who)
    close_review(review.pk, actor=boss)


def _incident(reporter: Actor, boss: Actor) -> None:
    values = {"title": "客户名单误发到外部群", "what": "leak", "severity": "medium", "whose": "成都部分客户"}
    values |= {"description": "群发通知时误附名单，两分钟内撤回，群主确认无人下载", "noticed_by": "唐宁"}
    assert DATA_INCIDENTS.create
    incident = DATA_INCIDENTS.create(values | {"persons": 14}, actor=reporter)
    judge_incident(incident.pk, is_violation=True, judgement="属实，未造成扩散", actor=boss)
    note_told(incident.pk, whom="当事客户电话说明", at=clock.now(), actor=boss)
    close_incident(incident.pk, measures="撤回并删除；群发改为从系统发送，不再附名单", actor=boss)
