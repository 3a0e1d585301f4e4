"""The picture of where somebody's application or candidacy stands, for their own page."""

from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from recruitment import wording
from recruitment.workflow import engine
from workflows import journey
from workflows.journal import told
from workflows.schema import event


def picture(session: Session, subject: Any) -> Markup:
    """As inline SVG with its text equivalent; shows only what the owner may know."""
    flow = engine().flow(subject)
    definition = flow.definition(subject)
    rows = session.execute(
        sa.select(event.c.held, event.c.source, event.c.target)
        .where(event.c.workflow == flow.name, event.c.subject_id == subject.id)
        .order_by(event.c.seq)
    ).all()
    visited: list[str] = []
    for row in told(rows):
        if row.target in definition.states and (not visited or visited[-1] != row.target):
            visited.append(row.target)
    if not visited or visited[-1] != subject.public_state:
        visited.append(subject.public_state)
    labels = {name: wording.label(state.label) for name, state in definition.states.items()}
    # Made from the workflow's own words, by a writer of XML.
    return Markup(  # noqa: S704
        journey.svg(definition, visited, labels=labels, words=(_("现在："), _("接下来可能：")))
    )
