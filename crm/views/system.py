"""What keeps the house running: its tasks, imports, deeds, accounts and settings, for those who may see them."""

from flask import Blueprint, render_template
from flask_login import current_user

from crm.permissions import can, requires
from crm.queries.export_requests import waiting_for

blueprint = Blueprint("system", __name__, url_prefix="/system")

# endpoint, name, what it is for, ability
_PLACES = (
    ("imports.index", "导入记录", "导入过的表格，逐次可查；待确认的可继续。", "imports.run"),
    ("tasks.index", "任务", "导入、导出、判断等耗时工作的进度和结果。", "tasks.view"),
    ("export_requests.index", "导出申请", "大批完整联系方式须另一人批准；申请和结果在这里。", "exports.run"),
    (
        "export_templates.index",
        "导出模板",
        "列的顺序和标题、分镇街的表、标题和制表行，一次设好反复用。",
        "exports.design",
    ),
    ("reassignments.index", "移交工作", "同事离岗时，把名下的企业、培育对象和跟进交给另一人。", "campaigns.manage"),
    ("bulk_deeds.index", "批量办理", "分派、加标签、归档等批量办理的结果，三十天内可以整批撤销。", "firms.edit"),
    ("tags.index", "企业标签", "新增、改名、合并、作废标签。", "tags.manage"),
    ("readings.edit", "口径设置", "文件没有写明之处按哪种理解判断。", "policies.manage"),
    ("editions.new", "新增政策版本", "上传新文件，先看差异和影响，再启用。", "policies.manage"),
    ("events.index", "操作记录", "谁在什么时候做了什么，只增不改。", "events.view"),
    ("first_steps.index", "开始使用", "从空的系统到第一份名单要做的几步，做完的打勾。", "users.manage"),
    ("users.index", "账号", "人员、角色、镇街范围和口令。", "users.manage"),
    ("townships.index", "镇街", "本县的镇（街道）和下属区域，决定镇街专干看得到哪里。", "users.manage"),
    ("industries.index", "行业", "行业分类：新增、改名、作废。", "users.manage"),
    ("checks.index", "系统状态", "设置、数据库、备份、磁盘等是否正常，不正常时怎么办。", "system.manage"),
    ("backups.index", "备份", "立即备份、下载、恢复演练。", "system.manage"),
)


@blueprint.get("")
@requires("account.own")
def index() -> str:
    waiting = waiting_for(current_user) if can(current_user, "exports.approve") else 0
    return render_template("system/index.html", places=_PLACES, waiting={"export_requests.index": waiting})
