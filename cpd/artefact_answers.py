"""What an artefact holds, in words: box by box as its body's form has them."""

import datetime
from dataclasses import dataclass
from typing import Any

from cpd import catalogue
from cpd.forms.artefacts import plain_number
from cpd.models import Artefact, Enrolment
from cpd.rules.artefacts import ArtefactShape, shape_of
from cpd.rules.types import ArtefactField
from meducation.lib.dates import day_month_year


@dataclass(frozen=True)
class Answer:
    """One box of an artefact, as it is shown."""

    label: str
    text: str
    is_long: bool = False


def artefact_shape(enrolment: Enrolment, kind: str, day: datetime.date) -> ArtefactShape | None:
    """The form of an artefact on a day; None for what this release does not know."""
    framework = catalogue.framework(enrolment.framework)
    return shape_of(framework, kind, day) if framework is not None else None


def answers_of(artefact: Artefact, shape: ArtefactShape | None) -> list[Answer]:
    """What was written, box by box; what an earlier form asked for comes last, under its own id."""
    shown: list[Answer] = []
    left: dict[str, Any] = dict(artefact.answers)
    for field in shape.kind.fields if shape is not None else ():
        if shape is not None and field.id == shape.kind.quantity:
            shown.append(Answer(field.label, plain_number(artefact.quantity)))
        elif field.id in left:
            shown.append(Answer(field.label, _text(left.pop(field.id), field), is_long=field.kind == "long"))
    shown += [Answer(name.replace("-", " ").capitalize(), _text(left[name]), is_long=True) for name in left]
    return shown


def _text(answer: Any, field: ArtefactField | None = None) -> str:
    if field is not None and field.kind == "date":
        return day_month_year(datetime.date.fromisoformat(answer))
    labels = {choice.id: choice.label for choice in field.choices} if field is not None else {}
    return ", ".join(labels.get(str(part), str(part)) for part in (answer if isinstance(answer, list) else [answer]))
