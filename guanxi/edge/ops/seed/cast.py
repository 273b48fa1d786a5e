"""The demo company: 康和健康 sells health products at events, in two branches. Everybody here is made up."""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "guanxi-demo-2026"  # noqa: S105 (printed by `make up`; only demo companies know it)


@dataclass(frozen=True)
class Place:
    code: str
    name: str
    kind: str
    parent: str = ""
    region: str = ""


@dataclass(frozen=True)
class Job:
    """`chief` is the login of the superior, in whose first post the superior's post is."""

    role: str
    unit: str
    chief: str = ""


@dataclass(frozen=True)
class Person:
    """`care`: of 100 duties, how many are done in time. The first job is the main post, a second one 兼岗."""

    login: str
    name: str
    jobs: tuple[Job, ...]
    care: int = 90


PLACES = (
    Place("KH", "康和健康", "company"),
    Place("KH-CD", "成都分公司", "branch", "KH", "西南"),
    Place("KH-CD-XS", "成都销售部", "department", "KH-CD", "西南"),
    Place("KH-CD-KF", "成都客户服务部", "department", "KH-CD", "西南"),
    Place("KH-HZ", "杭州分公司", "branch", "KH", "华东"),
    Place("KH-HZ-XS", "杭州销售部", "department", "KH-HZ", "华东"),
    Place("KH-HZ-KF", "杭州客户服务部", "department", "KH-HZ", "华东"),
)
REPRESENTATIVE, DOCTOR = "satisfaction-representative", "service-doctor"


def _representative(login: str, name: str, unit: str, chief: str, care: int = 87) -> Person:
    return Person(login, name, (Job(REPRESENTATIVE, unit, chief),), care)


def _doctor(login: str, name: str, unit: str, chief: str, care: int = 92) -> Person:
    return Person(login, name, (Job(DOCTOR, unit, chief),), care)


# Superiors stand before their people.
PEOPLE = (
    Person("liangzhendong", "梁振东", (Job("general-manager", "KH"),)),
    Person("zhoukai", "周凯", (Job("administrator", "KH", "liangzhendong"),)),
    # Chengdu
    Person("linlan", "林岚", (Job("sales-manager", "KH-CD-XS", "liangzhendong"),)),
    Person("fanglei", "方磊", (Job("sales-supervisor", "KH-CD-XS", "linlan"),)),
    Person("zengxue", "曾雪", (Job("sales-supervisor", "KH-CD-XS", "linlan"),)),
    # Manages the service department and treats customers herself: two posts.
    Person("tangning", "唐宁", (Job("service-manager", "KH-CD-KF", "liangzhendong"), Job(DOCTOR, "KH-CD-KF")), 95),
    _doctor("shenjie", "沈洁", "KH-CD-KF", "tangning"),
    _doctor("luowenjing", "罗文静", "KH-CD-KF", "tangning", 86),
    _representative("qiuyuan", "邱远", "KH-CD-XS", "fanglei", 76),
    _representative("yinxuan", "尹轩", "KH-CD-XS", "fanglei"),
    _representative("dengjuchun", "邓菊春", "KH-CD-XS", "fanglei", 93),
    _representative("huangna", "黄娜", "KH-CD-XS", "fanglei", 84),
    _representative("majun", "马俊", "KH-CD-XS", "fanglei", 78),
    _representative("zougui", "邹桂", "KH-CD-XS", "zengxue", 94),
    _representative("zhaochunjian", "赵春建", "KH-CD-XS", "zengxue"),
    _representative("lijing", "黎静", "KH-CD-XS", "zengxue", 88),
    _representative("hetao", "何涛", "KH-CD-XS", "zengxue", 70),
    # Hangzhou
    Person("shaoping", "邵平", (Job("sales-manager", "KH-HZ-XS", "liangzhendong"),)),
    Person("luwei", "陆薇", (Job("sales-supervisor", "KH-HZ-XS", "shaoping"),)),
    Person("yinghao", "应浩", (Job("sales-supervisor", "KH-HZ-XS", "shaoping"),)),
    Person("qianyun", "钱芸", (Job("service-manager", "KH-HZ-KF", "liangzhendong"),)),
    _doctor("guming", "顾明", "KH-HZ-KF", "qianyun", 95),
    _doctor("yangfan", "杨帆", "KH-HZ-KF", "qianyun"),
    _representative("penghai", "彭海", "KH-HZ-XS", "luwei", 93),
    _representative("dujian", "杜建", "KH-HZ-XS", "luwei", 87),
    _representative("sunguojing", "孙国静", "KH-HZ-XS", "luwei"),
    _representative("zhongtong", "钟桐", "KH-HZ-XS", "yinghao", 82),
    _representative("tangxiaoyan", "汤晓燕", "KH-HZ-XS", "yinghao", 95),
    _representative("yupeng", "俞鹏", "KH-HZ-XS", "yinghao", 76),
    # Decides beside the general manager, so that appeals and requests of either are answered by the other.
    Person("baiyun", "白云", (Job("general-manager", "KH", "liangzhendong"),)),
    Person("hanmei", "韩梅", (Job("auditor", "KH", "liangzhendong"),)),
)
SHOWN_FIRST = "qiuyuan"
LEAVER, HEIR, ON_LEAVE = "majun", "huangna", "sunguojing"
CARE = {person.login: person.care for person in PEOPLE}


def representatives(branch: str) -> list[str]:
    """Logins of those who call customers of a branch, e.g. `KH-CD`."""
    return [p.login for p in PEOPLE if p.jobs[0].role == REPRESENTATIVE and p.jobs[0].unit.startswith(branch)]
