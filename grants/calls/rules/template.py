"""What a new venture round starts from: domain.md § 5.3–5.6, 6.1, 6.2 and 7.2. Copied, then edited."""

from __future__ import annotations

from typing import Any

SUMMARY = "请写明资助什么。"
"""Stands in a notice until the officer has written its first paragraph; never published."""

TRANCHES = [(50, "agreement"), (40, "midterm"), (10, "final")]
"""T1: percent and milestone."""

BUDGET_RULES: list[dict[str, Any]] = [
    {"category": "B1", "max_permyriad": None, "note": "物资、场地、交通、保险；餐费每人每次不超过 30 元"},
    {"category": "B2", "max_permyriad": 1000, "note": "折页、展板、公示材料"},
    {"category": "B4", "max_permyriad": 3000, "note": "不得发给公务员和事业单位在编人员"},
    {"category": "B5", "max_unit_price": 5000, "note": "限交通和误餐，每人每天"},
    {"category": "B6", "max_permyriad": 500, "note": "办公、通讯、财务"},
    {"category": "B9", "max_permyriad": 1000, "max_unit_price": 100000, "note": "单件 1,000 元以下"},
]

BANDS: list[dict[str, Any]] = [
    {"from": 85, "to": 100, "text": "充分、具体，有依据"},
    {"from": 60, "to": 84, "text": "基本成立，个别地方不够具体"},
    {"from": 0, "to": 59, "text": "缺少依据或不可行"},
]
"""In percent of the criterion's points; the words are for a criterion that has none of its own."""

BAND_WORDS: dict[str, tuple[str, str, str]] = {
    "需求真实": ("有调查数据，能排出先后", "有依据，对象还不够清楚", "只有说法，没有依据"),
    "方案可行": ("目标可衡量，步骤和风险都写明", "活动有安排，目标或分工不够清楚", "目标和活动对不上"),
    "方法创新": ("新方法或新合作，可以推广", "局部有改进", "与以往的做法相同"),
    "组织实施": ("进度、人员、记录都有安排", "有安排，个别环节没有落实", "进度或人员与任务不相称"),
    "预算合理": ("单价有来源，人均成本合理", "大体合理，个别依据不足", "价格偏高或测算没有依据"),
    "可持续": ("后续的人和钱都已落实", "有打算，还没有全部落实", "资助结束后难以继续"),
    "可持续与五社联动": ("自筹、志愿者和后续都已落实", "有打算，还没有全部落实", "资助结束后难以继续"),
    "了解需求和社区": ("熟悉对象和社区，能举出事例", "基本了解，细节说不全", "不了解服务对象"),
    "方案清楚、回应评语": ("方案说得清，评语逐条回应", "方案清楚，评语回应不全", "说不清做法或没有回应评语"),
    "条件和人员": ("人员、场地、资源都已落实", "多数落实，个别待定", "主要条件没有落实"),
    "预期成效": ("成效明确，有测量办法", "成效明确，测量办法不全", "成效说不清"),
    "预算说明": ("主要支出的依据都说得清", "大部分支出说得清", "说不出主要支出的依据"),
    "表达和守时": ("条理清楚，按时讲完", "基本清楚，略有超时", "条理不清或超时较多"),
}
"""By the name of the criterion, best first: an expert reads what a band means for this question."""


def bands_of(points: int, name: str = "") -> list[dict[str, Any]]:
    """Return the bands in points of a criterion, best first, without a gap; few points leave out a band."""
    lows = [-(-points * band["from"] // 100) for band in BANDS]
    tops = [points, *(low - 1 for low in lows)]
    words = BAND_WORDS.get(name) or [band["text"] for band in BANDS]
    rows = zip(words, lows, tops, strict=False)
    return [{"from": low, "to": top, "text": text} for text, low, top in rows if low <= top]


CRITERIA: list[dict[str, Any]] = [
    {"stage": "PAPER", "code": "A", "name": "需求真实", "max_points": 20,
     "guidance": "需求依据 8 分，对应需求清单或重点 7 分，服务对象清楚 5 分。"},
    {"stage": "PAPER", "code": "B", "name": "方案可行", "max_points": 30,
     "guidance": "目标可衡量 8 分，活动有条理 10 分，专业方法 7 分，风险和保护 5 分。"},
    {"stage": "PAPER", "code": "C", "name": "方法创新", "max_points": 10, "guidance": "针对新问题、用新方法或新的合作。"},
    {"stage": "PAPER", "code": "D", "name": "组织实施", "max_points": 15,
     "guidance": "进度安排 6 分，人员投入与任务相称 5 分，过程记录和质量检查 4 分。"},
    {"stage": "PAPER", "code": "E", "name": "预算合理", "max_points": 15, "for_finance": True,
     "guidance": "价格合理 6 分，符合预算规则 5 分，人均成本 4 分。由财务专家评分。"},
    {"stage": "PAPER", "code": "F", "name": "可持续与五社联动", "max_points": 10,
     "guidance": "自筹比例 4 分，志愿者 3 分，后续安排 3 分。"},
    {"stage": "DEFENCE", "code": "DA", "name": "了解需求和社区", "max_points": 20, "guidance": "熟悉服务对象和社区情况。"},
    {"stage": "DEFENCE", "code": "DB", "name": "方案清楚、回应评语", "max_points": 25, "guidance": "说明方案，回答初评意见。"},
    {"stage": "DEFENCE", "code": "DC", "name": "条件和人员", "max_points": 20, "guidance": "人员、场地和资源落实。"},
    {"stage": "DEFENCE", "code": "DD", "name": "预期成效", "max_points": 15, "guidance": "成效及其测量办法。"},
    {"stage": "DEFENCE", "code": "DE", "name": "预算说明", "max_points": 10, "guidance": "能说明主要支出的依据。"},
    {"stage": "DEFENCE", "code": "DF", "name": "表达和守时", "max_points": 10, "guidance": "每超时 1 分钟扣 1 分。"},
]  # fmt: skip

PLAN_CRITERIA = "方案可行、组织实施"
BUDGET_CRITERIA = "预算合理"
"""What the activity plan and the budget, which have no questions, are judged by."""

ELIGIBILITY: list[dict[str, Any]] = [
    {"code": "E01", "text": "在登记管理机关登记的社会团体、社会服务机构、基金会，登记满 6 个月",
     "words": "ASSOCIATION\nSERVICE_INSTITUTION\nFOUNDATION", "number": 6, "clause": "备案的社区社会组织由登记单位带报"},
    {"code": "E02", "text": "项目和服务对象在本区域内"},
    {"code": "E03", "text": "统一社会信用代码有效，与登记名称一致"},
    {"code": "E04", "text": "上一年度年检合格或按时报送年报"},
    {"code": "E05", "text": "一年内没有列入活动异常名录", "number": 365},
    {"code": "E06", "text": "两年内没有列入严重违法失信名单", "number": 730},
    {"code": "E07", "text": "三年内没有重大违法记录", "number": 1095},
    {"code": "E08", "text": "项目内容在章程业务范围内"},
    {"code": "E09", "text": "实施期在规定的期间内，且不少于规定的月数"},
    {"code": "E10", "text": "申请资助额不超过每项上限"},
    {"code": "E11", "text": "自筹比例达到要求", "number": 0},
    {"code": "E12", "text": "预算符合本通知的预算规则"},
    {"code": "E13", "text": "同一笔费用没有其他政府资金"},
    {"code": "E14", "text": "与以往或其他申报项目不重复"},
    {"code": "E15", "text": "必交附件齐全"},
    {"code": "E16", "text": "没有超过每单位申报数"},
    {"code": "E17", "text": "以往项目评估通过，结余资金已退回"},
    {"code": "E18", "text": "不含营利、宗教传播、单纯发放物品、旅游等内容"},
    {"code": "E19", "text": "服务对象属于所选类别"},
    {"code": "E20", "text": "在截止时间前提交"},
]  # fmt: skip

ATTACHMENTS: list[dict[str, Any]] = [
    {"code": "certificate", "name": "登记证书副本", "why": "核对单位名称和信用代码"},
    {"code": "annual", "name": "上一年度年检或年报结果", "why": "核对年检情况"},
    {"code": "survey", "name": "需求调查材料", "why": "证明需求依据", "is_required": False},
    {"code": "partner", "name": "合作单位意向书", "why": "有合作单位时提供", "is_required": False},
]

_WHEN = {"question": "", "equals": ""}


def _question(kind: str, ident: str, label: str, **values: Any) -> dict[str, Any]:
    base = {"label": label, "code": ident, "help": "", "required": True, "when": _WHEN}
    return {"type": kind, "id": f"venture-{ident}", "value": {**base, **values}}


def _section(ident: str, title: str, help_text: str, *questions: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "section",
        "id": f"venture-{ident}",
        "value": {"title": title, "help": help_text, "questions": list(questions)},
    }


GROUPS = "\n".join(
    ["老年人", "残疾人", "儿童青少年", "留守儿童", "困境儿童", "妇女", "低保低收入家庭", "失业人员", "优抚对象",
     "外来务工人员", "农村留守人员", "普通居民", "社会组织与社工"]
)  # fmt: skip

FORM = [
    _section(
        "need", "说明需求和服务对象", "写清楚谁有什么困难、从哪里知道的、打算服务多少人。",
        _question("long_text", "problem", "需求分析", min_length=50, max_length=1500, criterion="需求真实 20 分",
                  help="写出数据和来源"),
        _question("long_text", "evidence", "需求依据", min_length=20, max_length=500, criterion="需求真实 20 分",
                  help="调查了多少人、什么时候、用什么办法；建议不少于 30 人"),
        _question("multi_choice", "groups", "服务对象", choices=GROUPS, max_choices=3, help="最多选 3 类"),
        _question("number", "beneficiaries", "直接受益人数", minimum=1, maximum=100000, unit="人",
                  help="不重复计算的人数"),
        _question("number", "contacts", "服务人次", minimum=1, maximum=1000000, unit="人次",
                  help="同一个人来几次算几次"),
    ),
    _section(
        "design", "设计服务方案", "目标要能检查，做法要能落实。",
        _question("long_text", "goals", "总目标", min_length=20, max_length=300, criterion="方案可行 30 分"),
        _question("choice", "method", "主要方法", choices="个案\n小组\n社区\n志愿\n培训\n倡导"),
        _question("long_text", "method_text", "方法说明", min_length=20, max_length=500,
                  criterion="方案可行 30 分，方法创新 10 分"),
        _question("table", "indicators", "绩效指标", columns="指标\n单位\n目标值#\n怎样测量", min_rows=3, max_rows=10,
                  help="至少 3 项，其中一项是满意度"),
        _question("yes_no", "minors", "是否涉及未成年人或入户服务"),
        _question("long_text", "safeguarding", "保护措施", min_length=20, max_length=500,
                  when={"question": "minors", "equals": "是"}, help="人员背景核查、两人同行、紧急联系等"),
        _question("long_text", "sustainability", "可持续性", min_length=10, max_length=500,
                  criterion="可持续与五社联动 10 分"),
    ),
    _section(
        "team", "介绍团队和经验", "写实际参加项目的人。不要写身份证号和住址。",
        _question("table", "team", "执行团队", columns="姓名\n分工\n资质\n每周工时#", min_rows=3, max_rows=12,
                  help="至少 3 人", criterion="组织实施 15 分"),
        _question("long_text", "experience", "同类项目经验", required=False, max_length=500),
        _question("yes_no", "other_money", "是否有其他政府资金支持同一项目"),
        _question("text", "other_money_text", "其他资金的来源和金额", max_length=100,
                  when={"question": "other_money", "equals": "是"}),
    ),
]  # fmt: skip
"""A QuestionsBlock stream: 16 questions."""
