"""The purposes that come with the product, each with its first wording. A company writes its own beside or after."""

from __future__ import annotations

from typing import Any

# key, name, English name, renews, text, English text
SHIPPED = (
    (
        "promotion",
        "产品推介",
        "Promotion",
        True,
        "我同意贵公司通过我选择的方式向我介绍产品和活动。我可以随时撤回同意，撤回不影响我获得服务。",
        "I agree that the company tells me about products and events in the way I chose. I can withdraw this at any"
        " time, and get the same service all the same.",
    ),
    (
        "third-party",
        "向第三方提供",
        "Giving data to others",
        True,
        "我同意贵公司将我的姓名和联系方式提供给已告知我的接收方，用于已告知我的目的。我可以随时撤回同意。",
        "I agree that the company gives my name and how to reach me to the recipient I was told, for the purpose I was"
        " told. I can withdraw this at any time.",
    ),
    (
        "health",
        "处理健康信息",
        "Health information",
        True,
        "我单独同意贵公司为向我提供健康服务而记录和使用我的健康信息。我可以随时撤回同意。",
        "I separately agree that the company keeps and uses information about my health to serve me. I can withdraw"
        " this at any time.",
    ),
)


def load_purposes(purpose: Any, wording: Any, now: Any) -> None:
    """With the models given, so that a migration can call it. Safe to repeat."""
    for key, name, name_en, renews, text, text_en in SHIPPED:
        found, is_new = purpose.objects.get_or_create(
            key=key, defaults={"name": name, "name_en": name_en, "renews": renews}
        )
        if is_new:
            wording.objects.create(purpose=found, number=1, text=text, text_en=text_en, made_at=now)
