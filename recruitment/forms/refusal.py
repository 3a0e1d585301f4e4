"""How an operation says no to a form."""

from collections.abc import Mapping


class Refusal(Exception):
    """An operation does not accept what was typed; nothing was changed.

    Args:
        errors: what to say beside which field, by the field's name (``"posts-0-start"`` for one in a row);
            ``""`` for what belongs to no field.
    """

    def __init__(self, errors: Mapping[str, str] | str) -> None:
        self.errors = {"": errors} if isinstance(errors, str) else dict(errors)
        super().__init__("; ".join(str(text) for text in self.errors.values()))
