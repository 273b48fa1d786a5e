"""The controlled forms that come with the product (FIL-01, FIL-15). A company adds versions of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from .models import FormTemplate, TemplateKind

EFFECTIVE = date(2020, 1, 1)
FIRST_CONTACT_CODE, FILE_FORM_CODE = "HX-DA-01", "HX-DA-02"
PURPOSE = (
    "了解您的健康状况和服务需要，供本公司员工回访和介绍产品与服务。这不是政府、医院或公益机构的普查。",
    "To learn about your health and what you need, so that our staff can call on you and present products and services."
    " This is not a survey by the government, a hospital or a charity.",
)
CONSENT = (
    "我知道本表由上述公司的上述人员收集，同意公司为上述目的保存和使用所填信息（含健康信息），并可随时要求更正、删除或不再联系。",
    "I know that the person and company named above collect this form, and agree that the company keeps and uses"
    " what is written here, health included, for the purpose above. I may have it corrected or deleted, or ask for"
    " quiet, at any time.",
)
NAME, PHONE, DAY, STAFF = ("姓名", "Name"), ("电话", "Phone"), ("日期", "Date"), ("经办人", "Staff")
ADDRESS, REMARK, ROOM = ("住址", "Address"), ("备注", "Remark"), ("房号", "Room")
SIGNATURE = ("客户签名", "Customer's signature")

Line = tuple[str, str]


@dataclass(frozen=True)
class Shipped:
    """`page`: the form on screen."""

    code: str
    title: str
    title_en: str
    page: str
    lines: Sequence[Line]
    kind: str = str(TemplateKind.OTHER)
    purpose: Line = field(default=("", ""))
    consent: Line = field(default=("", ""))


SHIPPED = [
    Shipped(
        FIRST_CONTACT_CODE,
        "中老年健康调查表（首次接触表）",
        "Health survey of older people (first-contact form)",
        "/contact-forms/new",
        [
            NAME,
            PHONE,
            ("性别", "Gender"),
            ("出生年份", "Year of birth"),
            ("区域", "Area"),
            ADDRESS,
            ("健康状况", "State of health"),
            ("用药情况", "Medication"),
            ("关注的问题", "Concerns"),
            ("地点", "Place"),
            DAY,
        ],
        str(TemplateKind.FIRST_CONTACT),
        PURPOSE,
        CONSENT,
    ),
    Shipped(
        FILE_FORM_CODE,
        "顾客档案表",
        "Customer file form",
        "/file-forms",
        [
            NAME,
            PHONE,
            ("活动名称", "Event"),
            ("活动日期", "Day of the event"),
            ("是否购买", "Purchased"),
            ("产品", "Product"),
            ("金额", "Amount"),
            ("健康状况", "State of health"),
            ("现场反馈", "Feedback at the event"),
            ("满意代表", "Representative"),
        ],
        str(TemplateKind.FILE_FORM),
        PURPOSE,
        CONSENT,
    ),
    Shipped(
        "LC 16.06.302.01",
        "新顾客登记表",
        "Register of new customers",
        "/customers/new",
        [NAME, PHONE, ADDRESS, ("来源", "Source"), ("需求", "Need"), DAY, STAFF],
    ),
    Shipped(
        "LC 16.06.302.02",
        "客户拜访表",
        "Customer visit form",
        "",
        [NAME, DAY, ("目的", "Purpose"), ("经过", "Course"), ("结果", "Result"), ("下次", "Next time"), STAFF],
    ),
    Shipped(
        "KH-03-R01",
        "房屋交接验收表",
        "Acceptance of the home",
        "",
        [ROOM, NAME, ("验收项目", "Inspected"), ("缺陷", "Defects"), ("整改期限", "To be mended by"), SIGNATURE, DAY],
    ),
    Shipped(
        "KH-03-R02",
        "车位登记表",
        "Parking",
        "",
        [ROOM, NAME, ("车牌号", "Number plate"), ("车位", "Place"), DAY, SIGNATURE],
    ),
    Shipped(
        "KH-03-R03",
        "客户入伙登记表",
        "Register of customers moving in",
        "",
        [ROOM, NAME, PHONE, ("家庭成员", "Family"), ("钥匙", "Keys"), DAY, SIGNATURE],
    ),
    Shipped(
        "KH-03-R04",
        "智能卡登记表",
        "Smart cards",
        "",
        [ROOM, NAME, ("卡号", "Card number"), ("数量", "Count"), DAY, SIGNATURE],
    ),
    Shipped(
        "KH-03-R05",
        "钥匙托管声明",
        "Declaration on keys left in custody",
        "",
        [ROOM, NAME, ("钥匙数量", "Keys"), ("用途", "Purpose"), ("期限", "Until"), SIGNATURE, DAY],
    ),
    Shipped(
        "VKWY7.5.1-Z01-F1",
        "参观接待登记表",
        "Register of visitors received",
        "",
        [("来访单位", "From"), NAME, PHONE, ("人数", "People"), ("目的", "Purpose"), ("接待人", "Received by"), DAY],
    ),
    Shipped(
        "VKWY7.5.1-J04-07-F1",
        "顾问业务跟踪记录表",
        "Follow-up of consultancy business",
        "",
        [("项目", "Project"), ("联系人", "Contact"), PHONE, ("进展", "Progress"), ("下一步", "Next step"), STAFF, DAY],
    ),
    Shipped(
        "VKWY7.5.1-J04-07-F2",
        "顾问工作沟通记录表",
        "Record of talks about consultancy work",
        "",
        [("项目", "Project"), ("参加人", "Present"), ("内容", "Subject"), ("结论", "Conclusion"), STAFF, DAY],
    ),
]


def load_templates() -> None:
    """Adds forms that are missing; what a company changed stays. Safe to repeat."""
    known = set(FormTemplate.objects.values_list("code", flat=True))
    FormTemplate.objects.bulk_create(
        FormTemplate(
            code=one.code,
            title=one.title,
            title_en=one.title_en,
            kind=one.kind,
            purpose=one.purpose[0],
            purpose_en=one.purpose[1],
            consent=one.consent[0],
            consent_en=one.consent[1],
            lines=[list(line) for line in one.lines],
            page=one.page,
            effective_on=EFFECTIVE,
        )
        for one in SHIPPED
        if one.code not in known
    )
