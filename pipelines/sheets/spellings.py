"""How column titles are spelled in the wild. Seen a new spelling? One word here is all it takes."""

from pipelines.vocabulary import Title

# field: the other spellings of its title. They are compared folded (titles.py): width, spaces, units, brackets and a
# year in the title do not matter.
_TABLE = """
uscc: 社会信用代码 信用代码 统一信用代码 统一社会信用代码证号 统一代码 社会统一信用代码
    统一社会信用代码/组织机构代码 组织机构代码/统一社会信用代码 机构代码 组织机构代码 注册号 工商注册号 税号
    纳税人识别号 USCC
name: 单位名称 企业全称 公司名称 名称 企业 单位 公司 企业名 单位全称 公司全称 申报单位 申报企业 申报企业名称
    纳税人名称 市场主体名称 企业(单位)名称 专利权人 权利人 著作权人 专利权人名称 权利人名称
former_names: 原名称 企业曾用名 原企业名称 更名前名称 变更前名称 历史名称 原名
status: 企业状态 状态 登记状态 存续状态
township_id: 乡镇 镇(街道) 镇街道 乡镇(街道) 镇(街道)/平台 所属镇街 所属镇(街道) 所属乡镇 所在乡镇 所在镇街 街道 镇
    所属区域 属地 所在地 所属街道 所属乡镇街道 镇(街道)、平台 乡镇街道 区域 镇街平台
park: 所属园区 所在园区 产业园区 园区名称 平台 所属平台
address: 注册地址 企业地址 住所 经营地址 详细地址 通讯地址 单位地址
founded_on: 注册时间 成立时间 注册日期 注册时间/成立日期 成立日期/注册时间 企业成立时间 注册成立时间 工商注册时间
    成立年月
registered_capital: 注册资金 注册资本金
legal_representative: 法人 法人代表 法人姓名 法定代表人姓名 企业法人 法代
industry_code: 所属行业 国民经济行业 行业代码 国民经济行业代码 行业/国民经济行业代码 行业分类 行业类别 行业名称
    所属国民经济行业 国民经济行业分类
tech_field_code: 所属技术领域 高新技术领域 国家重点支持的高新技术领域 领域 所属领域 高新领域
levy_mode: 所得税征收方式 企业所得税征收方式
above_scale: 规上企业 是否规上企业 规上 规上/规下 是否规模以上 是否规模以上企业 规模以上企业
main_products: 主要产品 主导产品 主营业务 主要产品(服务) 主营产品(服务) 主要产品或服务
owner_id: 责任科员 经办人 局责任人 跟进人 负责人员
liaison: 服务专员 联系领导 挂钩领导 挂钩领导/联系人 包联领导 联企干部 驻企服务员
remark: 说明 备注说明 其他说明
sales_revenue: 销售额 产品销售收入 年销售收入 销售收入总额 年销售额 销售
operating_revenue: 营收 企业营业收入 年营业收入 营业总收入 营业收入总额
main_business_revenue: 主营收入
total_income: 收入总额 企业总收入 全年总收入
high_tech_revenue: 高品收入 高新技术产品收入 高新产品收入 高新技术产品销售收入 高新技术产品服务收入 高新收入
main_product_revenue: 主要产品收入 主要产品服务收入 PS收入
rd_spend: 研发投入 研究开发费用 研发费 研发经费 研发费用(高企口径) 研发费用总额 研究开发费 研发支出 科技投入
    研发费用投入
rd_spend_domestic: 境内研究开发费用 中国境内研发费用 境内研发投入
rd_spend_accounting: 会计口径研发费用 账面研发费用 研发费用(账面) 财务口径研发费用
rd_spend_deduction: 加计扣除研发费用 加计扣除口径研发费用 研发费用加计扣除额 可加计扣除研发费用 研发费用(加计扣除)
rd_spend_statistics: 统计口径研发费用 R&D经费 R&D经费支出 研发费用(统计) R&D费用 R&D支出
cost: 成本费用 成本费用支出 成本费用支出总额 总成本费用
net_profit: 税后利润 净利
tax_paid: 实缴税收 纳税总额 纳税额 税收 实缴税金 上缴税收 缴税 税收总额 上交税费 实际上缴税费总额
total_assets: 总资产 资产总计 期末资产总额 资产合计
total_liabilities: 总负债 负债合计 负债总计
net_assets: 所有者权益 期末净资产 净资产总额 所有者权益合计
staff: 职工总数 职工人数 职工数 员工人数 员工总数 从业人员 从业人数 从业人员数 员工数 人员总数 职工 员工
    企业职工总数 从业人员平均人数 平均职工人数 从业人员年平均人数 职工平均人数
tech_staff: 科技人员 科技人员数 科技人员总数 科技人员人数 研发人员 研发人员数 技术人员 科技活动人员 研发人数
    研发人员人数 从事科技活动人员 科技人员平均人数
conversions: 转化数 成果转化数 科技成果转化 成果转化 转化项数 科技成果转化项数
contact.name: 企业联系人 联系人姓名 申报联系人 联络人 联系人员 企业联系人姓名
contact.position: 联系人职务 职位 联系人职位
contact.phone: 联系电话 手机号 手机号码 联系方式 电话 联系人电话 联系人手机 移动电话 联系手机 电话号码
    联系人电话号码 联系人手机号 联系人联系方式 手机/电话 办公电话
contact.email: 电子邮箱 电子邮件 Email E-mail 邮件 联系人邮箱 邮箱地址 工作邮箱
row.takes_deduction: 是否享受 是否享受研发加计扣除 是否享受研发费用加计扣除 享受加计扣除 是否加计扣除
derived.tier: 层级 梯度 所处层级
derived.rd_ratio: 研发占比 研发投入占比 研发强度 研发费用占销售收入比例 研发投入强度 研发费用占营业收入比重
    研发费用占比%
derived.tech_staff_ratio: 科技人员比例 研发人员占比 科技人员占职工总数比例
derived.high_tech_ratio: 高品收入占比 高新技术产品收入占比 高新技术产品占比
derived.invention_patents: 发明 发明专利数 发明专利数量 授权发明专利 有效发明专利
derived.utility_models: 实用新型数 实用新型专利 实用新型专利数
derived.designs: 外观 外观专利 外观设计专利 外观设计数
derived.software_copyrights: 软著 软著数 软件著作权数
derived.class_one_ip: 一类知识产权 I类知识产权
derived.class_two_ip: 二类知识产权 II类知识产权
derived.completeness: 完整度
derived.updated_at: 最近更新
row.year: 年份 数据年度 会计年度 统计年度 报告年度 所属年度 年
row.number: 编号 行号 No No. 顺序号
national_tech_sme.certificate_no: 入库登记编号 入库编号 科技型中小企业入库登记编号 国科小入库登记编号 国科小登记编号
    国家科技型中小企业入库编号
national_tech_sme.recognized_on: 国科小入库年份 国科小入库时间 国科小入库年度
high_tech.certificate_no: 证书编号 证书号 高新证书编号 高企证书
high_tech.recognized_on: 发证日期 发证时间 高企发证时间 高新技术企业发证日期 证书发证日期 最近一次高企认定时间
high_tech.valid_until: 有效期至 到期日期 有效期止 证书有效期至 到期时间 证书到期日期 高企证书有效期至 高企到期日
high_tech.term: 证书有效期 高企证书有效期 有效期 有效期限 有效期间
tech_sme.recognized_on: 省科小备案年份
"""


# What a ledger calls a title: each name is understood alone, and with 认定年份, 证书编号, 有效期至 behind it.
TITLE_NAMES = {
    Title.TECH_SME: "省科小 省科技型中小企业 省级科技型中小企业",
    Title.NATIONAL_TECH_SME: "国科小 国家科技型中小企业",
    Title.HIGH_TECH: "高企 高新技术企业 国家高新技术企业",
    Title.LITTLE_GIANT: "科技小巨人 省科技小巨人 科技小巨人企业 省科技小巨人企业",
    Title.LEADING: "科技领军 科技领军企业 省科技领军企业",
    Title.INNOVATIVE_SME: "创新型中小企业",
    Title.SRDI: "专精特新 专精特新中小企业 省专精特新 省级专精特新 省专精特新中小企业",
    Title.SRDI_LITTLE_GIANT: "专精特新小巨人 国家专精特新小巨人 专精特新“小巨人” 国家级专精特新小巨人",
    Title.GAZELLE: "瞪羚企业 瞪羚",
    Title.UNICORN: "独角兽企业 独角兽",
}
ENDINGS = {
    "certificate_no": ("编号", "证书编号", "证书号"),
    "recognized_on": ("", "认定年份", "认定年度", "认定时间", "认定日期", "年份"),
    "valid_until": ("有效期至", "有效期止", "到期日期", "到期时间"),
}


def _read(table: str) -> dict[str, tuple[str, ...]]:
    spellings: dict[str, list[str]] = {}
    for line in table.strip().splitlines():
        if not line.startswith(" "):
            key, _, line = line.partition(":")
            spellings[key] = []
        spellings[key] += line.split()
    return {key: tuple(words) for key, words in spellings.items()}


SPELLINGS = _read(_TABLE)
