"""The records of people who do not exist: made from their number and the item, the same each time; pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, timedelta

from kiosk.catalogue.model import Item
from offline_cache.wire import Applicant, RecordRow

Rows = tuple[RecordRow, ...]
TOWNS = ("禾川镇", "石桥镇", "高桥楼镇", "里田镇", "龙源口镇", "沣田镇", "埠前镇", "怀忠镇")
EMPLOYERS = ("示例竹木制品有限公司", "示例电子科技有限公司", "示例乡村客运有限公司", "灵活就业（个人缴费）")
BANKS = ("示例银行", "示例农商银行", "示例邮政储蓄银行")


class Draw:
    """Numbers drawn from a person and an item: always the same ones, and of no use to guess anything real."""

    def __init__(self, number: str, code: str) -> None:
        self._seed = f"{number}|{code}".encode()

    def between(self, what: str, low: int, high: int) -> int:
        """A number from low to high, both included, named by what it is for."""
        digest = hashlib.sha256(self._seed + b"|" + what.encode()).digest()
        return low + int.from_bytes(digest[:8], "big") % (high - low + 1)

    def one_of(self, what: str, choices: tuple[str, ...]) -> str:
        """One of the choices."""
        return choices[self.between(what, 0, len(choices) - 1)]

    def yuan(self, what: str, low: int, high: int) -> str:
        """An amount of money with two decimals."""
        return f"{self.between(what, low * 100, high * 100) / 100:,.2f}"

    def day(self, what: str, first_year: int, last_year: int) -> str:
        """A calendar day."""
        first = date(first_year, 1, 1)
        return (first + timedelta(days=self.between(what, 0, (date(last_year, 12, 31) - first).days))).isoformat()

    def digits(self, what: str, count: int) -> str:
        """A run of digits."""
        return str(self.between(what, 10 ** (count - 1), 10**count - 1))


def rows_for(item: Item, applicant: Applicant) -> Rows:
    """Who it is about, and what the department holds: 4 to 8 rows."""
    draw = Draw(applicant.number, item.code)
    about = (_row("姓名", "Name", applicant.name), _row("证件号码", "ID number", _masked(applicant.number)))
    text = f"{item.name.zh}{' '.join(item.aliases)}"
    make = next((make for words, make in SUBJECTS if any(word in text for word in words)), _certificate)
    return about + make(draw)


def _row(zh: str, en: str, value: str) -> RecordRow:
    return RecordRow(zh=zh, en=en, value=value)


def _masked(number: str) -> str:
    """First three and last four, the rest starred."""
    return f"{number[:3]}{'*' * max(0, len(number) - 7)}{number[-4:]}"


def _no_house(draw: Draw) -> Rows:
    del draw
    return (
        _row("查询范围", "Area searched", "示例县不动产登记信息库"),
        _row("住房登记", "Homes registered", "0 套"),
        _row("预告登记", "Advance registrations", "0 条"),
        _row("查询结果", "Result", "未查询到住房登记信息"),
    )


def _real_estate(draw: Draw) -> Rows:
    return (
        _row(
            "不动产权证号", "Certificate", f"示（{draw.between('year', 2012, 2024)}）示例县不动产权第 {draw.digits('no', 7)} 号"
        ),
        _row("坐落", "Where", f"{draw.one_of('town', TOWNS)}示例路 {draw.between('door', 1, 180)} 号"),
        _row("建筑面积", "Floor area", f"{draw.between('area', 620, 1480) / 10:.1f} 平方米"),
        _row("登记日期", "Registered on", draw.day("on", 2012, 2024)),
        _row("抵押", "Mortgage", draw.one_of("mortgage", ("无", "有（示例银行）"))),
        _row("查封", "Seizure", "无"),
    )


def _pension(draw: Draw) -> Rows:
    months = draw.between("months", 24, 320)
    return (
        _row("参保险种", "Insurance", "企业职工基本养老保险"),
        _row("参保单位", "Employer", draw.one_of("employer", EMPLOYERS)),
        _row("参保状态", "State", "正常参保"),
        _row("累计缴费", "Months paid", f"{months} 个月"),
        _row("本月缴费基数", "Base this month", f"{draw.yuan('base', 4100, 12600)} 元"),
        _row("个人账户余额", "Personal account", f"{draw.yuan('account', months * 160, months * 420)} 元"),
    )


def _medical(draw: Draw) -> Rows:
    return (
        _row("险种", "Insurance", draw.one_of("kind", ("职工基本医疗保险", "城乡居民基本医疗保险"))),
        _row("参保地", "Insured at", "示例县"),
        _row("待遇状态", "Entitlement", "正常享受"),
        _row("个人账户余额", "Personal account", f"{draw.yuan('account', 120, 9800)} 元"),
        _row("本年统筹支付", "Paid by the fund this year", f"{draw.yuan('paid', 0, 6000)} 元"),
    )


def _housing_fund(draw: Draw) -> Rows:
    base = draw.between("base", 4200, 14000)
    return (
        _row("缴存单位", "Employer", draw.one_of("employer", EMPLOYERS[:3])),
        _row("账户状态", "State", "正常"),
        _row("缴存基数", "Base", f"{base:,}.00 元"),
        _row("月缴存额", "Paid each month", f"{base * 24 / 100:,.2f} 元"),
        _row("账户余额", "Balance", f"{draw.yuan('balance', 8000, 168000)} 元"),
        _row("贷款", "Loan", draw.one_of("loan", ("无", "有，正常还款"))),
    )


def _tax(draw: Draw) -> Rows:
    return (
        _row("税款所属期", "Period", f"{draw.between('year', 2023, 2025)}-01 至 12"),
        _row("税种", "Tax", "个人所得税"),
        _row("收入合计", "Income", f"{draw.yuan('income', 48000, 190000)} 元"),
        _row("实缴税额", "Paid", f"{draw.yuan('paid', 0, 9200)} 元"),
        _row("征收机关", "Tax office", "示例县税务局"),
        _row("票证号码", "Voucher", draw.digits("voucher", 12)),
    )


def _invoice(draw: Draw) -> Rows:
    return (
        _row("发票号码", "Invoice", draw.digits("invoice", 12)),
        _row("开票日期", "Issued on", draw.day("issued", 2024, 2025)),
        _row("价税合计", "Total", f"{draw.yuan('total', 20, 4800)} 元"),
        _row("查验结果", "Result", "一致"),
    )


def _credit(draw: Draw) -> Rows:
    return (
        _row("信用卡账户", "Credit cards", f"{draw.between('cards', 0, 4)} 个"),
        _row("贷款账户", "Loans", f"{draw.between('loans', 0, 2)} 个"),
        _row("逾期记录", "Overdue", "无"),
        _row("对外担保", "Guarantees given", "0 笔"),
        _row("近两年查询次数", "Asked in two years", f"{draw.between('asked', 1, 14)} 次"),
        _row("最近一次查询机构", "Last asked by", draw.one_of("bank", BANKS)),
    )


def _traffic(draw: Draw) -> Rows:
    return (
        _row("准驾车型", "Class", draw.one_of("class", ("C1", "C2", "C1E", "B2"))),
        _row("初次领证", "First issued", draw.day("first", 2005, 2020)),
        _row("有效期止", "Valid until", draw.day("until", 2027, 2035)),
        _row("累积记分", "Points", f"{draw.between('points', 0, 6)} 分"),
        _row("未处理违法", "Open violations", f"{draw.between('open', 0, 2)} 起"),
    )


def _household(draw: Draw) -> Rows:
    return (
        _row("户别", "Household", "家庭户"),
        _row("户口所在地", "Registered in", f"示例县{draw.one_of('town', TOWNS)}"),
        _row("与户主关系", "To its head", draw.one_of("relation", ("本人", "配偶", "子女"))),
        _row("户内人口", "Persons", f"{draw.between('persons', 1, 6)} 人"),
        _row("登记日期", "Registered on", draw.day("on", 1995, 2020)),
    )


def _marriage(draw: Draw) -> Rows:
    return (
        _row("婚姻登记", "Marriage", draw.one_of("state", ("有登记记录", "无登记记录"))),
        _row("登记机关", "Registry", "示例县民政局"),
        _row("登记日期", "Registered on", draw.day("on", 2005, 2024)),
        _row("登记字号", "Number", f"J369999-{draw.digits('no', 10)}"),
    )


def _company(draw: Draw) -> Rows:
    return (
        _row("企业名称", "Company", draw.one_of("company", EMPLOYERS[:3])),
        _row("统一社会信用代码", "Credit code", f"91369999MA{draw.digits('code', 8)}"),
        _row("登记状态", "State", "存续（在营、开业、在册）"),
        _row("成立日期", "Founded", draw.day("founded", 2010, 2023)),
        _row("注册资本", "Capital", f"{draw.between('capital', 1, 50) * 10} 万元"),
        _row("经营异常", "Irregularities", "无"),
    )


def _progress(draw: Draw) -> Rows:
    return (
        _row("办件编号", "Case", f"SL-369999-{draw.digits('day', 8)}"),
        _row("收件日期", "Received on", draw.day("on", 2025, 2025)),
        _row("当前环节", "Step", draw.one_of("step", ("受理", "审查", "决定", "办结"))),
        _row("办理部门", "Department", "示例县行政审批局"),
    )


def _certificate(draw: Draw) -> Rows:
    return (
        _row("证照编号", "Certificate", f"369999{draw.digits('no', 10)}"),
        _row("签发机关", "Issued by", "示例县行政审批局"),
        _row("签发日期", "Issued on", draw.day("on", 2015, 2024)),
        _row("有效期", "Valid", "长期"),
        _row("状态", "State", "有效"),
    )


SUBJECTS: tuple[tuple[tuple[str, ...], Callable[[Draw], Rows]], ...] = (
    (("无房",), _no_house),
    (("公积金",), _housing_fund),
    (("医保", "医疗", "生育"), _medical),
    (("社保", "养老", "失业", "工伤", "参保", "就业"), _pension),
    (("发票",), _invoice),
    (("完税", "税", "纳税"), _tax),
    (("企业", "营业执照", "公司", "惠企", "个体"), _company),
    (("信用", "征信"), _credit),
    (("驾", "机动车", "违法", "交通", "车辆"), _traffic),
    (("婚",), _marriage),
    (("户籍", "身份", "居住", "户口", "犯罪"), _household),
    (("不动产", "房", "抵押", "产权"), _real_estate),
    (("办件", "进度"), _progress),
)
"""Words in an item's name → the record it shows; the first that fits."""
