"""In a company with one person who decides about consequences, an appeal is answered all the same."""

from __future__ import annotations

import pytest

from guanxi.base.org.models import Grant
from guanxi.core.rulebooks.actions.proposal import answer_appeal, appeal_proposal, confirm_proposal
from guanxi.core.rulebooks.models import Proposal


@pytest.mark.req("KPI-12")
def test_whoever_decides_alone_answers_the_appeal_too(late, actor, staff):
    late = late()
    Proposal.objects.filter(id=late.pk).update(confirmer=staff("gm"), first_confirmer=staff("gm"))
    confirm_proposal(late.pk, note="按制度执行", actor=actor("gm"))
    Grant.objects.filter(kind="proposal", verb="confirm", scope="all").exclude(role__key="general-manager").delete()
    appealed = appeal_proposal(late.pk, text="当天客户住院，无法联系", actor=actor("rep"))
    assert appealed.appeal_to == staff("gm")
    answered = answer_appeal(late.pk, upheld=True, why="情况属实", actor=actor("gm"))
    assert answered.appeal == "upheld"
