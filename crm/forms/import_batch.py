"""The form that takes a workbook."""

from flask import current_app
from flask_wtf.file import FileField
from wtforms.validators import StopValidation

from crm.forms.fields import ChineseForm

_ACCEPTED = ".xlsx,.xlsm,.xls,.csv"


class ChosenFile:
    """A file was chosen; whether it is one that can be read is told by its content, not by its name."""

    field_flags = {"required": True, "accept": _ACCEPTED}

    def __call__(self, _form: object, field: FileField) -> None:
        if field.data is None or not field.data.filename:
            raise StopValidation("请选择要导入的表格文件")


class ImportForm(ChineseForm):
    file = FileField("表格文件", [ChosenFile()])

    @property
    def limits(self) -> str:
        """What one file may hold, as the settings say."""
        settings = current_app.config
        megabytes = settings["UPLOAD_MAX_BYTES"] // 1024**2
        rows, columns = settings["IMPORT_MAX_ROWS"], settings["IMPORT_MAX_COLUMNS"]
        return f"可用 xlsx、xls、csv；不超过 {megabytes} MB、{rows:,} 行、{columns} 列。"
