"""An assessment as it was published: what is asked, in which order, and what a set of answers is worth.

Pure: no database, no clock, no settings. It is stored as JSON in the revision, where nothing can change it.
"""

import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

# The kind whose two answers stay in their order.
TRUE_FALSE = "true-false"
TRUE_OR_FALSE = ("True", "False")
FEWEST_OPTIONS = 2
USUAL_PASS_MARK = 80

# As somebody is shown them: for each question its key, then the keys of its answers. Lists, as JSON gives them back.
type Order = list[list[str]]


@dataclass(frozen=True)
class Option:
    """One answer to choose."""

    key: str = ""
    text: str = ""


@dataclass(frozen=True)
class AskedQuestion:
    """One question. `right` is the key of the right answer; empty only in a draft."""

    key: str = ""
    kind: str = ""
    text: str = ""
    options: tuple[Option, ...] = ()
    right: str = ""
    explanation: str = ""

    def text_of(self, key: str) -> str:
        """The words of one answer; empty when there is no such answer."""
        return next((option.text for option in self.options if option.key == key), "")

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "AskedQuestion":
        """One question of a stored revision."""
        known = {name: stored[name] for name in ("key", "kind", "text", "right", "explanation") if name in stored}
        options = tuple(
            Option(key=option.get("key", ""), text=option.get("text", "")) for option in stored.get("options", ())
        )
        return cls(options=options, **known)


@dataclass(frozen=True)
class Mark:
    """How many questions were answered right, and whether that is enough."""

    right: int
    asked: int
    is_pass: bool

    @property
    def score(self) -> int:
        """Whole per cent, 0 to 100, rounded down, so that what is below the pass mark never reads as if it were not."""
        return self.right * 100 // self.asked if self.asked else 0


@dataclass(frozen=True)
class Assessment:
    """The questions of one published text, the per cent that is a pass, and how often one may try."""

    questions: tuple[AskedQuestion, ...] = ()
    pass_mark: int = USUAL_PASS_MARK
    attempts_allowed: int | None = None

    @property
    def right_needed(self) -> int:
        """How many right answers are a pass."""
        return -(-self.pass_mark * len(self.questions) // 100)

    def to_json(self) -> dict[str, Any]:
        """Plain values, the same before and after a journey through the database."""
        plain = asdict(self)
        plain["questions"] = [question | {"options": list(question["options"])} for question in plain["questions"]]
        return plain

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Assessment":
        """The assessment of a stored revision."""
        return cls(
            questions=tuple(AskedQuestion.from_json(question) for question in stored.get("questions", ())),
            pass_mark=stored.get("pass_mark", USUAL_PASS_MARK),
            attempts_allowed=stored.get("attempts_allowed"),
        )


def shuffle(assessment: Assessment, chance: random.Random) -> Order:
    """An order for one attempt: questions and answers mixed, but "True" always before "False"."""
    order = []
    for question in assessment.questions:
        keys = [option.key for option in question.options]
        if question.kind != TRUE_FALSE:
            chance.shuffle(keys)
        order.append([question.key, *keys])
    chance.shuffle(order)
    return order


def in_order(assessment: Assessment, order: Order) -> list[AskedQuestion]:
    """The questions as `shuffle` put them for one attempt."""
    by_key = {question.key: question for question in assessment.questions}
    shown = []
    for key, *option_keys in order:
        options = {option.key: option for option in by_key[key].options}
        shown.append(replace(by_key[key], options=tuple(options[option_key] for option_key in option_keys)))
    return shown


def mark(assessment: Assessment, answers: Mapping[str, str]) -> Mark:
    """What `answers`, from question key to answer key, are worth. What is not answered is not right."""
    right = sum(
        1 for question in assessment.questions if question.right and answers.get(question.key) == question.right
    )
    asked = len(assessment.questions)
    return Mark(right=right, asked=asked, is_pass=asked > 0 and right >= assessment.right_needed)


def faults(assessment: Assessment | None) -> list[str]:
    """What has to be put right before anybody can be asked, a sentence each, with the number of the question."""
    found = []
    for number, question in enumerate(assessment.questions if assessment else (), start=1):
        if len(question.options) < FEWEST_OPTIONS:
            found.append(f"Question {number}: write at least two answers.")
        if not question.right:
            found.append(f"Question {number}: choose the right answer.")
        if not question.explanation:
            found.append(f"Question {number}: explain why the right answer is right.")
    return found
