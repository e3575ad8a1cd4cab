"""The demo's site: names, footer, news, policy, guides and standing pages. Everything invented says 演示."""

from __future__ import annotations

from datetime import date
from typing import Any

from home import commands
from home.models import ArticlePage, GuidePage, StandardPage
from portal.pages.models import PortalSettings

PHONE = "0574-8000 0012"
FACTS = {
    "short_name": "创益",
    "service_name": "镇海区公益创投与微民生项目平台",
    "bureau": "镇海区民政局",
    "bureau_full": "宁波市镇海区民政局",
    "office": "区民政局社会组织科（演示）",
    "phone": PHONE,
    "supervision_office": "驻局纪检监察组（演示）",
    "supervision_phone": "0574-8000 0019",
    "address": "镇海区演示路 1 号",
    "email": "yichuang@example.org",
    "site_code": "3302110000（演示）",
    "icp": "浙ICP备00000000号（演示）",
    "police_record": "浙公网安备33021100000000号（演示）",
    "history_source": "镇海区民政局 2018年5月14日对区人大建议第 013 号的答复",
    "history_until": date(2018, 5, 14),
}
SOURCE = "镇海区民政局（演示）"
NEWS = (
    (
        "电子回执和凭证核验启用（演示）", date(2026, 3, 5),
        "提交申报书后，平台出具带编号和校验码的回执，任何人都可以核验。",
        "<p>申报书提交以后，平台当场给出回执，写明编号、提交时间和文件的校验码。回执、立项通知书和结项证书都可以在<a href=\"/verify/\">凭证核验</a>里用编号查真伪。</p>"
        "<p>回执丢失的，单位负责人登录后可以重新下载，编号和时间不变。</p>",
    ),
    (
        "微民生项目预算怎么编：三张样表（演示）", date(2026, 3, 18),
        "活动费、人员费、管理费怎么填，单价、数量、次数怎么写。",
        "<p>预算按“单价 × 数量 × 次数”填写，每一行写清楚测算依据。人员费不超过申请资助额的 30%，管理费不超过 5%，超过的不能提交。</p>"
        "<p>例：助老理发，每份物料 15 元，120 户，每季 2 次，全年 8 次，小计 14,400 元。</p>",
    ),
    (
        "公益创投项目管理答疑会纪要（演示）", date(2026, 4, 10),
        "整理了社会组织问得最多的十二个问题。",
        "<p>会议由区民政局社会组织科主持，二十家社会组织参加。问得最多的是：备案的社区社会组织能不能申报、发票抬头开给谁、中期报告交什么。</p>"
        "<p>备案的社区社会组织没有单独账户，由代管单位收款并签订代管协议；发票抬头开给收款单位；中期报告交活动记录、支出明细和凭证。</p>",
    ),
    (
        "2025年度社会组织年度工作报告报送开始（演示）", date(2026, 5, 22),
        "社会组织请在 5 月 31 日前报送年度工作报告。",
        "<p>没有按时报送的单位，申报资助时会在资格审查中提示。报送在全省社会组织管理系统办理，本平台只读取结果。</p>",
    ),
    (
        "骆驼街道静远社区喘息服务完成中期评估（演示）", date(2026, 8, 28),
        "为认知障碍老人的家属提供替代照护、照护课堂和照护者小组，评估得分 86 分。",
        "<p>项目 4 月签约，四个月里替代照护、照护课堂和照护者小组都已开展，服务人次达到计划的一半。第三方评估机构按项目实施、人力物资、财务管理、项目成效四个方面打分，第 2 期资金可以申请。</p>",
    ),
)  # fmt: skip
POLICIES = (
    (
        "镇海区公益创投项目管理办法（演示）", date(2026, 1, 12), "镇民演〔2026〕3 号",
        "规定了申报、评审、公示、签约、拨付、评估、审计和结项的全过程。",
        "<p>第一条 资助资金来自福利彩票公益金、区财政资金和街道配套资金，分来源记账，专款专用。</p>"
        "<p>第八条 每个项目由不少于五名专家评审，去掉一个最高分和一个最低分后平均。</p>"
        "<p>第十二条 拟立项名单公示不少于五个工作日。有异议的项目，答复前不予立项。</p>"
        "<p>第十五条 资助资金一般分三期拨付：签约后 50%，中期评估通过后 40%，末期评估通过后 10%。</p>",
    ),
    (
        "社区社会组织备案管理办法（演示）", date(2026, 1, 20), "镇民演〔2026〕5 号",
        "备案条件、办理时限和代管账户。",
        "<p>未达到登记条件的社区社会组织，由街道（镇）备案。备案有效期三年，期满前十五日内续期。备案的组织不具有法人资格，不得单独开立账户。</p>",
    ),
)  # fmt: skip
GUIDES = (
    {
        "title": "申报公益创投项目", "slug": "apply-venture", "summary": "社会组织申请资助，在网上填写、提交，凭回执查进度。",
        "basis": "《镇海区公益创投项目管理办法（演示）》第五条、第六条",
        "conditions": "在镇海区登记的社会组织，登记满 6 个月\n上一年度年检合格或者按时报送年度报告\n没有列入活动异常名录和严重违法失信名单\n承接过资助的，最近一次评估通过，结余已退回\n同一笔费用没有得到其他政府资金",
        "papers": "登记证书副本扫描件\n项目预算（网上填写，带测算依据）\n落地社区意见\n团队成员和分工\n银行开户证明",
        "time_limit": "资格审查 10 个工作日内，公示 5 个工作日", "apply_url": "/calls/",
        "steps": [
            ("网上申报", "截止前", "单位负责人提交，截止前可以撤回修改。"),
            ("资格审查", "10 个工作日", "需要补正的，一次告知，3 个工作日内补齐。"),
            ("专家评审", "约 2 周", "五名专家匿名评审，入围的参加答辩。"),
            ("集体研究和公示", "5 个工作日", "任何人可以提出异议。"),
            ("签约和拨付", "15 个工作日", "双方确认协议后拨付第 1 期。"),
        ],
        "questions": [
            ("备案的社区社会组织能申报吗", "不能单独申报。可以由一家登记的社会组织作为申报单位，在合作单位一栏写明分工和费用。"),
            ("提交以后发现写错了怎么办", "截止前，负责人可以撤回修改后重新提交。截止后不能修改，请等待资格审查。"),
        ],
    },
    {
        "title": "申报微民生项目", "slug": "apply-micro", "summary": "社区（村）为居民办的小事，议事通过后申报。",
        "basis": "《镇海区公益创投项目管理办法（演示）》第七条",
        "conditions": "需求来自居民议事或者居民提出\n每项资助一般不超过 5 万元\n不属于已有财政专项解决的事项",
        "papers": "居民议事记录\n项目预算（网上填写）\n实施地点照片",
        "time_limit": "街道确认 5 个工作日，区民政局审核 10 个工作日", "apply_url": "/calls/",
        "steps": [
            ("居民议事", "", "社区党组织研究，居民会议或者议事会讨论通过。"),
            ("网上申报", "", "社区填写，街道（镇）确认。"),
            ("审核公示", "10 个工作日", "区民政局审核后公示 5 个工作日。"),
            ("实施验收", "", "完工后验收，居民评价满意后拨付。"),
        ],
        "questions": [("钱拨给谁", "拨给居民委员会或者村民委员会的账户。")],
    },
    {
        "title": "对公示提出异议", "slug": "object", "summary": "不用注册，约 5 分钟，可以实名也可以匿名。",
        "basis": "《镇海区公益创投项目管理办法（演示）》第十二条",
        "conditions": "公示期内\n写明对象、事实和理由",
        "papers": "能说明情况的材料（选交）",
        "time_limit": "2 个工作日内告知是否受理，10 个工作日内答复", "apply_url": "/publicity/",
        "steps": [
            ("提交", "公示期内", "在公示页面选择项目，写明事实。"),
            ("受理", "2 个工作日", "实名的告知结果；匿名的作为线索核查，可能无法回复。"),
            ("核查答复", "10 个工作日", "书面答复。异议成立的，取消该项目资格并公告。"),
        ],
        "questions": [("会不会告诉被反映的单位？", "不会。您的身份只有承办人能看到，查看会留下记录。")],
    },
)  # fmt: skip
STANDING = (
    (
        "about",
        "关于本平台",
        "TEXT",
        "<p>本平台由宁波市镇海区民政局主办，办理公益创投、微民生和社区用房补助的申报、评审、公示、签约、拨付、评估和审计，并向社会公开资助结果。</p>"
        "<p>这是演示站点：单位、人员、批次和日期均为虚构。2015 年至 2018 年 5 月三类资助的合计出自公开的答复，分项为演示推算。</p>",
    ),
    (
        "accessibility",
        "无障碍声明",
        "TEXT",
        "<p>本平台按《网络无障碍设计》国家标准和 WCAG 2.2 的 AA 级要求设计：全部功能可以用键盘操作，图表附有表格，状态不只用颜色表示。</p>"
        "<p>页首可以打开长者模式和高对比模式，所选模式会被记住。发现使用困难，请致电 0574-8000 0012，我们在 5 个工作日内答复。</p>",
    ),
    (
        "privacy",
        "隐私保护",
        "TEXT",
        "<p>只收集办理事项所需的信息。手机号、证件号、银行账号加密保存，页面上只显示一部分，查看完整内容会留下记录。</p>"
        "<p>公开页面不出现个人的证件号和电话。您可以致电查询、更正或者删除本人信息。本站没有第三方统计和广告。</p>",
    ),
    ("site-map", "站点地图", "SITE_MAP", ""),
)


def load_latest(by: Any, head: Any, opened: date, publicised: date) -> None:
    """The news of these days: a home page that has not changed for two weeks would not pass the inspection."""
    two = {"by": by, "approved_by": head}
    for title, on, summary, text in (
        (
            "公益创投第二批开始申报，截止前可以分几次填写（演示）", opened, "申报表共 16 题，约需 2 小时，填一部分也会自动保存。",
            "<p>在本区登记的社会组织可以申报，每项最高 5 万元。申报前先在<a href=\"/calls/\">申报通知</a>里做资格自查；预算超过科目上限时，页面会写明超了多少、怎样改。</p>",
        ),
        (
            "应急专场拟立项项目开始公示（演示）", publicised, "公示 5 个工作日，任何单位和个人都可以提出异议，不用注册。",
            "<p>公示期内可以在<a href=\"/publicity/\">公示公告</a>里提出异议，也可以拨打咨询电话 0574-8000 0012 或监督电话 0574-8000 0019。实名反映的，2 个工作日内告知是否受理，10 个工作日内书面答复。</p>",
        ),
    ):  # fmt: skip
        page = ArticlePage(title=title, published_on=on, summary=summary, source=SOURCE, body=[("text", text)])
        commands.publish(commands.channel("news"), page, **two)
    page = ArticlePage(
        title="年底前请核对项目支出凭证（演示）", published_on=publicised, summary="项目单位年底前核对支出、凭证和银行流水。", source=SOURCE,
        body=[("text", "<p>12月31日前发生的支出，请在 1 月 10 日前记账并上传凭证；逾期的不列入本年度。</p>")],
    )  # fmt: skip
    commands.propose(commands.channel("news"), page, by=by)


def load_site(by: Any, head: Any) -> None:
    """Plant the tree and fill it once. by: who writes; head: who publishes."""
    two = {"by": by, "approved_by": head}
    PortalSettings.objects.update_or_create(pk=PortalSettings.load().pk or 1, defaults=FACTS)
    home = commands.build_site(str(FACTS["service_name"]))
    if StandardPage.objects.exists():
        return
    for title, on, summary, text in NEWS:
        page = ArticlePage(title=title, published_on=on, summary=summary, source=SOURCE, body=[("text", text)])
        commands.publish(commands.channel("news"), page, **two)
    for title, on, number, summary, text in POLICIES:
        page = ArticlePage(
            title=title,
            published_on=on,
            document_number=number,
            summary=summary,
            source=SOURCE,
            body=[("text", text)],
        )
        commands.publish(commands.channel("policy"), page, **two)
    for guide in GUIDES:
        values = {key: value for key, value in guide.items() if key not in {"steps", "questions"}}
        steps = [("step", {"title": title, "when": when, "text": text}) for title, when, text in guide["steps"]]
        asked = [("question", {"question": question, "answer": answer}) for question, answer in guide["questions"]]
        page = GuidePage(
            **values, steps=steps, questions=asked, source=SOURCE, published_on=date(2026, 1, 15), phone=PHONE,
            place="镇海区演示路 1 号，区社会组织服务中心 2 楼", hours="工作日 9:00–17:30",
        )  # fmt: skip
        commands.publish(commands.channel("guide"), page, **two)
    for slug, title, kind, text in STANDING:
        body = [("text", text)] if text else []
        page = StandardPage(
            title=title, slug=slug, kind=kind, body=body, source=SOURCE, published_on=date(2026, 1, 15)
        )
        commands.publish(home, page, **two)
