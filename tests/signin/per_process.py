"""The planted hole of test_four_processes.py: the product with limits counted by each process for itself."""

from __future__ import annotations

from collections import Counter

from config.wsgi import application
from guanxi.base.kernel import clock
from guanxi.base.org import limits
from guanxi.base.org.limits import Limit, Verdict

counts: Counter[tuple[str, str]] = Counter()


def judged(limit: Limit) -> Verdict:
    counts[limit.scope, limit.key] += 1
    count = counts[limit.scope, limit.key]
    return Verdict(count <= limit.most, clock.now(), count)


limits.judged = judged
__all__ = ["application"]
