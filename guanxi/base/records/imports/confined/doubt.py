"""Whether a text that decodes also reads: nonsense keeps to no common characters. Whoever doubts asks a person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from .encodings import GB18030, UTF8

# Of the characters beyond ASCII.
MOST_ODD = 0.15
MOST_ODD_RECOGNISED = 0.4
# A Korean or Japanese text read as Chinese has none but well-known characters, in no known words.
LEAST_FREQUENT = 0.4
ENOUGH = 20
SAMPLE = 4000
_HIGH = re.compile(r"[^\x00-\x7f]")
_EAST = re.compile(r"[\u2e80-\ufaff\ufe30-\uffef\U00020000-\U0003ffff]")
_ESCAPES = re.compile(r"\x1b\$|~\{[^~\n]+~\}")
# Signs, figures and letters of full width, as in rows 1 to 3 of GB2312.
_SIGN_ROWS = (0xA1, 0xA2, 0xA3)
_FREQUENT = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去"
    "法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点"
    "正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿"
    "原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德"
    "资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交"
    "规万取拉格望觉术领共确传师观清今切院让识候带导争运姓男手机号码联系地址客户顾备注称购买满职称职务邮箱来源行业状态等级编组织单位负责"
    "李刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪戴崔任陆廖姚方金邱夏谭韦贾邹"
    "石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪龚伟芳娜敏静丽磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国文辉力鑫宇浩婷雪琳晨"
    "省市县镇乡村街道路号栋楼室区厦广场花园京沪深圳州杭成都武汉重庆津苏湖南北河四川浙福安徽陕辽吉黑云贵甘青海宁夏新疆藏蒙港澳台限公司有技贸易商店"
)


@cache
def _odd() -> re.Pattern[str]:
    """What simplified Chinese hardly writes: no character of GB2312 and no usual sign."""
    usual = "".join(
        bytes([row, cell]).decode("gb2312", "ignore")
        for row in (*_SIGN_ROWS, *range(0xB0, 0xF8))
        for cell in range(0xA1, 0xFF)
    )
    return re.compile(rf"[^\x00-\x7f\u2000-\u206f\u00a0€{re.escape(usual)}]")


class Doubt:
    """Sees every row that was read; `is_justified` at the end."""

    def __init__(self, encoding: str) -> None:
        self.encoding = encoding
        self.high = self.odd = self.odd_rows = self.frequent = 0
        self.is_escaped = False
        self.sample: list[str] = []
        self.is_eastern = False

    def see(self, cells: Sequence[str]) -> None:
        text = "".join(cells)
        if text.isascii():
            self.is_escaped = self.is_escaped or (("~{" in text or "\x1b" in text) and bool(_ESCAPES.search(text)))
        elif self.encoding == GB18030:
            self._see_chinese(text)
        elif not self.is_eastern:
            self.is_eastern = _EAST.search(text) is not None
            if len(self.sample) < SAMPLE:
                self.sample.append(text[:SAMPLE])

    def _see_chinese(self, text: str) -> None:
        odd = len(_odd().findall(text))
        if odd or self.high < SAMPLE:
            high = _HIGH.findall(text)
            self.high += len(high)
            self.frequent += sum(char in _FREQUENT for char in high)
            self.odd += odd
            self.odd_rows += odd > 1 and odd * 2 > len(high)

    def is_justified(self, *, is_recognised: bool) -> bool:
        if self.is_escaped:
            return True
        if self.encoding == UTF8:
            return bool(self.sample) and not self.is_eastern and self._reads_as_chinese()
        if self.encoding != GB18030 or not self.high:
            return False
        if self.odd_rows:
            return True
        if is_recognised:
            return self.odd > MOST_ODD_RECOGNISED * self.high
        if self.high <= ENOUGH:
            return self.odd > 0 or self.high < 4
        return self.odd > MOST_ODD * self.high or self.frequent < LEAST_FREQUENT * self.high

    def _reads_as_chinese(self) -> bool:
        """A few Chinese characters of GB18030 are a few Latin ones in UTF-8 as well."""
        try:
            other = "".join(_HIGH.findall("".join(self.sample))).encode().decode(GB18030)
        except UnicodeDecodeError:
            return False
        return not _odd().search(other)
