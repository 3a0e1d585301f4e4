"""The form that a file is uploaded with."""

from typing import Any

from flask_babel import gettext as _
from wtforms import Field, FileField
from wtforms.validators import ValidationError

from recruitment.forms import Form
from recruitment.lists.imports import Import
from recruitment.lists.uploads import MOST_BYTES


class UploadForm(Form):
    """A file; an import that asks for more adds fields, which become its options."""

    table = FileField()

    @classmethod
    def of(cls, declared: Import[Any], **kwargs: Any) -> "UploadForm":
        """The form of an import."""
        form = (declared.form or cls)(**kwargs)
        form.table.label.text = str(declared.file_label)
        form.table.description = _(".xlsx 或 .csv，最大%(most)s MB。", most=MOST_BYTES // 2**20)
        return form

    def validate_table(self, field: Field) -> None:
        if not field.data or not field.data.filename:
            raise ValidationError(_("请选择%(what)s。", what=field.label.text))

    def options(self) -> dict[str, Any]:
        """What was chosen beside the file."""
        return {name: value for name, value in self.data.items() if name not in ("table", "csrf_token")}
