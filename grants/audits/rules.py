"""Finding types, severity, and the sample that anyone can draw again. Source: domain.md § 8."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from portal.lifecycle import Reason
from portal.words import say as _
from portal.words import word

SEVERITIES = ("L", "M", "H", "K")
SEVERITY_NAMES = {"L": word("轻微"), "M": word("一般"), "H": word("重大"), "K": word("特别重大")}
HOLDING = frozenset({"K", "H"})
FACT_MAX = 500


@dataclass(frozen=True)
class FindingType:
    """severities: those the type may carry, the usual one first. action, money: words of the table."""

    code: str
    name: str
    severities: tuple[str, ...]
    action: str
    money: str


def _types(*rows: tuple[str, str, str, str, str]) -> dict[str, FindingType]:
    return {
        code: FindingType(code, name, tuple(severities), action, money)
        for code, name, severities, action, money in rows
    }


FINDING_TYPES = _types(
    ("F01", word("申报材料虚假"), "K", word("取消立项，三年内不得申报，移送"), word("全额")),
    ("F02", word("虚报活动、虚假签到"), "K", word("取消立项，三年内不得申报，移送"), word("剔除并停拨余款")),
    ("F03", word("挪用、套取"), "K", word("追回资金，移送纪检监察或公安"), word("全部涉及金额")),
    ("F04", word("重复申报、重复列支"), "KH", word("剔除，一至三年内不得申报"), word("涉及金额")),
    ("F05", word("整体转包"), "K", word("终止项目"), word("未支出部分及以上")),
    ("F06", word("超范围支出（固定资产、礼品、接待）"), "H", word("剔除"), word("涉及金额")),
    ("F07", word("预算调整未报批"), "M", word("说明、补批或剔除"), word("超出部分")),
    ("F08", word("人员费、管理费超比例"), "M", word("剔除超出部分"), word("超出部分")),
    ("F09", word("未专账核算"), "H", word("20个工作日内整改"), word("暂缓拨付")),
    ("F10", word("票据不合规"), "MH", word("换票或剔除"), word("涉及金额")),
    ("F11", word("发票重复"), "K", word("剔除，全面核查"), word("涉及金额")),
    ("F12", word("大额现金"), "M", word("说明"), word("无")),
    ("F13", word("公款进私户"), "K", word("立即退回"), word("涉及金额")),
    ("F14", word("关联交易未披露"), "H", word("高于市价的剔除"), word("差额")),
    ("F15", word("劳务费未签领、未扣税"), "M", word("补充手续"), word("无")),
    ("F16", word("配套、自筹未到位"), "M", word("按比例核减资助"), word("相应份额")),
    ("F17", word("目标未完成（低于80%）"), "M", word("延期不超过三个月或核减"), word("相应比例")),
    ("F18", word("报告逾期"), "L", word("提醒，计入扣分"), word("无")),
    ("F19", word("擅自变更"), "M", word("责令改正"), word("无")),
    ("F20", word("台账不全"), "LM", word("补充"), word("无")),
    ("F21", word("结余未退"), "H", word("责令退回，暂停申报"), word("涉及金额")),
    ("F22", word("资金闲置"), "M", word("加快执行或收回"), word("涉及金额")),
    ("F23", word("未公示、公示不足"), "H", word("重新公示"), word("无")),
    ("F24", word("评审未回避"), "H", word("重新评审"), word("无")),
    ("F25", word("拆分立项"), "H", word("合并后重新审批"), word("无")),
    ("F26", word("议事程序不实"), "H", word("重新议事"), word("暂缓拨付")),
    ("F27", word("个人信息违规"), "H", word("停止并报告"), word("无")),
    ("F28", word("投诉未按期答复"), "L", word("限期答复"), word("无")),
    ("F29", word("未标识资助来源"), "L", word("补充标识"), word("无")),
    ("F30", word("安全责任"), "H", word("暂停活动"), word("无")),
)


def raised(severity: str) -> str:
    """Return the next higher severity; K stays K. A repeated finding of one organization is raised."""
    return SEVERITIES[min(SEVERITIES.index(severity) + 1, len(SEVERITIES) - 1)]


def finding_reasons(code: str, severity: str, fact: str, clause: str, amount: int) -> list[Reason]:
    """Return everything wrong with a draft finding. severity: before any raising."""
    reasons = []
    kind = FINDING_TYPES.get(code)
    if kind is None:
        return [Reason("code", _("没有问题类型 %(code)s，请从问题类型表中选择。") % {"code": code})]
    if severity not in kind.severities:
        reasons.append(
            Reason(
                "severity",
                _("%(code)s%(name)s的等级应为%(severities)s，现为%(severity)s。")
                % {
                    "code": code,
                    "name": _(kind.name),
                    "severities": "、".join(_(SEVERITY_NAMES[one]) for one in kind.severities),
                    "severity": _(SEVERITY_NAMES.get(severity, severity)),
                },
            )
        )
    if not fact.strip():
        reasons.append(Reason("fact", _("请写明事实：时间、金额、凭证和情况。")))
    if len(fact.strip()) > FACT_MAX:
        reasons.append(
            Reason(
                "fact_length",
                _("事实不超过%(most)s字，现为%(now)s字。请把细节放进证据材料。")
                % {"most": FACT_MAX, "now": len(fact.strip())},
            )
        )
    if not clause.strip():
        reasons.append(Reason("clause", _("请写明依据的条款，例如“协议第六条第二款”。")))
    if amount < 0:
        reasons.append(Reason("amount", _("涉及金额不能是负数；不涉及金额时填 0。")))
    return reasons


def hold_code(severity: str, number: str) -> str:
    """Return the code under which a finding holds payments; monitoring reads the K in it."""
    return f"audit.{severity}.{number}"


# The sample. A population is a list of (key, fen), in key order. The algorithm is public on purpose:
# with the population and the seed anyone must find the same rows.


def population_sha256(population: Sequence[tuple[str, int]]) -> str:
    """Return the hash of the snapshot: one line "key:fen" per row, in key order, joined by \\n."""
    lines = "\n".join(f"{key}:{fen}" for key, fen in sorted(population))
    return hashlib.sha256(lines.encode()).hexdigest()


def usual_size(count: int) -> int:
    """Return 20 % of the population, rounded up, at least 1 (domain.md § 8.1)."""
    return max(1, -(-count * 20 // 100)) if count else 0


def ticket(seed: str, digest: str, key: str) -> str:
    """Return the lot of one row: sha256 of "seed:population hash:key" in hex."""
    return hashlib.sha256(f"{seed}:{digest}:{key}".encode()).hexdigest()


def draw(population: Sequence[tuple[str, int]], *, method: str, size: int, seed: str) -> list[str]:
    """Return the drawn keys, in the order of drawing.

    ALL: every key in key order. RANDOM: the `size` smallest tickets. MONETARY: every interval-th fen
    along the key order, interval = sum // size, the first at int(sha256("seed:hash")) % interval; a row
    larger than the interval is taken once.
    """
    rows = sorted(population)
    digest = population_sha256(rows)
    if method == "ALL":
        return [key for key, _ in rows]
    if method == "RANDOM":
        return sorted((key for key, _ in rows), key=lambda key: ticket(seed, digest, key))[:size]
    if method == "MONETARY":
        return _monetary(rows, size, int(hashlib.sha256(f"{seed}:{digest}".encode()).hexdigest(), 16))
    raise ValueError(method)


def _monetary(rows: Sequence[tuple[str, int]], size: int, number: int) -> list[str]:
    interval = max(1, sum(fen for _, fen in rows) // size)
    point, reached, taken = number % interval, 0, []
    for key, fen in rows:
        reached += fen
        if point < reached:
            taken.append(key)
            point += ((reached - 1 - point) // interval + 1) * interval
    return taken[:size]


def sample_reasons(count: int, size: int, method: str, *, is_redraw: bool, reason: str) -> list[Reason]:
    reasons = []
    if not count:
        reasons.append(
            Reason("population", _("总体里没有支出：所选项目和期间没有登记过支出，请调整期间或项目范围。"))
        )
    elif method != "ALL" and not 1 <= size <= count:
        reasons.append(
            Reason("size", _("样本量应为1至%(count)s笔，现为%(size)s笔。") % {"count": count, "size": size})
        )
    if is_redraw and not reason.strip():
        reasons.append(Reason("reason", _("已经抽过样本。重新抽取须写明理由，原样本保留。")))
    return reasons
