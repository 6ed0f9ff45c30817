"""A framework file, read and checked: TOML text in, a `Framework` out (docs/frameworks.md says how one is written)."""

import re
import tomllib
from decimal import Decimal

from cpd.rules.checking import check_requirement, check_version, check_whole
from cpd.rules.examples import read_example
from cpd.rules.tables import File, FrameworkError, Table
from cpd.rules.types import (
    ArtefactField,
    ArtefactKind,
    Binding,
    Choice,
    Cite,
    Confidence,
    CycleKind,
    CycleRule,
    DoubleCount,
    Framework,
    Guess,
    Limit,
    Measure,
    NumberForm,
    ProRata,
    ProRataRule,
    Question,
    Rate,
    ReadingRule,
    Requirement,
    Rounding,
    RuleKind,
    Source,
    Statement,
    Title,
    Unit,
    Version,
    Where,
)

STATUSES = ("regulator", "professional-body", "credit-system")
FIELD_KINDS = ("long", "short", "date", "hours", "choice", "choices")
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
COUNTED_KINDS = (RuleKind.MIN_COUNT, RuleKind.ARTEFACT, RuleKind.ATTEST, RuleKind.DEADLINE)


def parse(text: str, *, name: str) -> Framework:
    """The framework in `text`; `name` is the file's, for what is said of mistakes. Raises FrameworkError."""
    file = File(name, text)
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise FrameworkError(name, int(line[1]) if line else None, "", f"this is no TOML: {error}") from None
    root = Table(data, file=file, figure="", line=1)
    checked = root.day("checked")
    if checked is None:
        raise root.wrong("checked is missing: the day its figures were last compared with their sources")
    file.checked = checked
    _read_sources(root, file)
    status = root.text("status")
    if status not in STATUSES:
        raise root.wrong(f"status must be one of {', '.join(STATUSES)}")
    versions = tuple(
        _version(table, index)
        for index, table in enumerate(root.tables("versions", header="versions", named="version"))
    )
    framework = Framework(
        id=_slug(root, root.text("id")),
        name=root.text("name"),
        short=root.text("short"),
        body=root.text("body"),
        status=status,
        summary=root.text("summary"),
        countries=root.words("countries"),
        professions=root.words("professions"),
        checked=checked,
        versions=versions,
        examples=tuple(
            read_example(table, root) for table in root.tables("examples", header="examples", named="example")
        ),
        numbers=tuple(_number_form(table) for table in root.tables("numbers", header="numbers", named="number")),
        number_label=root.text("number_label", ""),
    )
    root.done()
    check_whole(framework, root)
    if unused := set(file.sources) - file.used:
        raise FrameworkError(name, file.lines.of(-1, "sources", ""), "", f"no figure uses {', '.join(sorted(unused))}")
    return framework


def _slug(table: Table, text: str) -> str:
    if not SLUG.fullmatch(text):
        raise table.wrong(f"“{text}” must be small letters, digits and single hyphens")
    return text


def _read_sources(root: Table, file: File) -> None:
    sources = root.table("sources")
    if sources is None:
        raise root.wrong("sources is missing")
    for key, value in sources.rest.items():
        table = Table(value, file=file, figure=f"source {key}", line=sources.line)
        url = table.text("url")
        if not re.match(r"https?://[^\s]+\Z", url):
            raise table.wrong("url must be the whole address of a page")
        file.sources[key] = Source(key, url, table.text("title", ""))
        table.done()


def _cite(table: Table, *, may_lack_source: bool = False) -> Cite:
    table.need("sources")
    table.need("confidence")
    keys = table.ordered("sources")
    confidence = table.one("confidence", Confidence)
    for key in keys:
        if key not in table.file.sources:
            raise table.wrong(f"there is no source “{key}”")
    if not keys and not may_lack_source:
        raise table.wrong("a figure needs a source")
    if not keys and confidence is not Confidence.C:
        raise table.wrong("without a source the grade can only be C")
    table.file.used.update(keys)
    sources = tuple(table.file.sources[key] for key in keys)
    return Cite(sources, confidence, table.day("checked") or table.file.checked)


def _maybe_cite(table: Table) -> Cite | None:
    return _cite(table, may_lack_source=True) if "sources" in table.rest else None


def _choices(table: Table, key: str) -> tuple[Choice, ...]:
    choices = []
    for part in table.tables(key, named=f"{table.figure}, {key}"):
        choices.append(Choice(part.text("id"), part.text("label"), part.text("help", "")))
        part.done()
    if len({choice.id for choice in choices}) != len(choices):
        raise table.wrong(f"{key} names something twice")
    return tuple(choices)


def _where(table: Table) -> Where:
    inner = table.table("where")
    if inner is None:
        return Where()
    where = Where(
        categories=inner.words("categories"),
        marks=inner.words("marks"),
        any_marks=inner.words("any_marks"),
        kinds=inner.words("kinds"),
    )
    inner.done()
    return where


def _version(table: Table, index: int) -> Version:
    def parts(key: str, named: str) -> list[Table]:
        return table.tables(key, header=f"versions.{key}", named=named, version=index)

    def part(key: str) -> Table | None:
        return table.table(key, header=f"versions.{key}", version=index)

    cycle = part("cycle")
    if cycle is None:
        raise table.wrong("[versions.cycle] is missing")
    unit, reading, pro_rata, carry_over = part("unit"), part("reading"), part("pro_rata"), part("carry_over")
    version = Version(
        id=_slug(table, table.text("id")),
        starts=table.day("from"),
        ends=table.day("until"),
        cycle=_cycle(cycle),
        unit=_unit(unit) if unit else None,
        requirements=tuple(_requirement(each) for each in parts("requirements", "requirement")),
        titles=tuple(_title(each) for each in parts("titles", "title")),
        several_titles=table.text("several_titles", ""),
        categories=tuple(_choice(each) for each in parts("categories", "category")),
        questions=tuple(_question(each) for each in parts("questions", "question")),
        guesses=tuple(_guess(each) for each in parts("guesses", "guess")),
        limits=tuple(_limit(each) for each in parts("limits", "limit")),
        double_count=table.one("double_count", DoubleCount, DoubleCount.EXCLUSIVE),
        asks_participatory=table.flag("asks_participatory"),
        participatory_help=table.text("participatory_help", ""),
        reading=_reading(reading) if reading else None,
        artefacts=tuple(_artefact_kind(each) for each in parts("artefacts", "artefact")),
        pro_rata=_pro_rata(pro_rata) if pro_rata else ProRataRule(),
        carry_over=_statement(carry_over) if carry_over else None,
        notes=tuple(_statement(each) for each in parts("notes", "note")),
    )
    table.done()
    check_version(version, table)
    return version


def _cycle(table: Table) -> CycleRule:
    rule = CycleRule(
        kind=table.one("kind", CycleKind),
        cite=_cite(table, may_lack_source=True),
        years=table.whole("years", 1),
        years_by_title=table.integers("years_by_title"),
        starts=table.month_day("starts"),
        starts_by_title=table.month_days("starts_by_title"),
        first=table.day("first"),
        months=table.whole("months", 12),
        anchor=table.text("anchor", ""),
        asks=table.text("asks", ""),
        help=table.text("help", ""),
    )
    table.done()
    if rule.anchor not in ("", "start", "end"):
        raise table.wrong("anchor must be start or end")
    if rule.anchor and not rule.asks:
        raise table.wrong("asks is missing: the question for the anchor date")
    if rule.years < 1 or any(years < 1 for years in rule.years_by_title.values()):
        raise table.wrong("years must be at least 1")
    if rule.kind in (CycleKind.INDIVIDUAL, CycleKind.LICENCE) and not rule.anchor:
        raise table.wrong("anchor is missing: nobody's cycle can be told without a date of theirs")
    if rule.kind is CycleKind.ANNUAL_BLOCK and rule.starts is None:
        raise table.wrong("starts is missing: the first day of the year")
    if rule.kind is CycleKind.FIXED_BLOCK and rule.first is None and rule.anchor != "start":
        raise table.wrong('a fixed block needs first, or anchor = "start"')
    if rule.kind is CycleKind.ROLLING and rule.months < 1:
        raise table.wrong("months must be at least 1")
    return rule


def _unit(table: Table) -> Unit:
    rates = []
    for part in table.tables("rates", named=f"{table.figure}, rate"):
        rates.append(Rate(_where(part), part.number("per_hour"), part.number("per_item")))
        if (rates[-1].per_hour is None) == (rates[-1].per_item is None):
            raise part.wrong("a rate is per_hour or per_item")
        part.done()
    unit = Unit(
        name=table.text("name"),
        plural=table.text("plural"),
        cite=_cite(table, may_lack_source=True),
        per_hour=table.number("per_hour"),
        rates=tuple(rates),
        stated=table.flag("stated"),
        increment=table.number("increment"),
        rounding=table.one("rounding", Rounding, Rounding.NEAREST),
        is_time=table.flag("is_time"),
    )
    table.done()
    if unit.increment is not None and unit.increment == 0:
        raise table.wrong("increment must be more than 0")
    if unit.per_hour is None and not unit.rates and not unit.stated:
        raise table.wrong("nothing can earn this unit: give per_hour, rates or stated")
    return unit


def _requirement(table: Table) -> Requirement:
    kind = table.one("kind", RuleKind)
    artefact = table.text("artefact", "")
    counts_artefacts = kind in COUNTED_KINDS or (artefact and kind not in (RuleKind.MAX_GAP, RuleKind.COVERAGE))
    requirement = Requirement(
        id=_slug(table, table.text("id")),
        kind=kind,
        name=table.text("name"),
        sentence=table.text("sentence"),
        binding=table.one("binding", Binding),
        cite=_cite(table),
        measure=table.one("measure", Measure, Measure.ARTEFACTS if counts_artefacts and artefact else Measure.CREDITS),
        value=table.number("value"),
        values=table.numbers("values"),
        where=_where(table),
        window=table.text("window", "cycle"),
        only=table.words("only"),
        artefact=artefact,
        exactly=table.flag("exactly"),
        dimension=table.text("dimension", ""),
        members=_choices(table, "members"),
        at_least=table.whole("at_least"),
        every=table.whole("every"),
        first=table.whole("first", 1),
        months=table.whole("months"),
        share_of=table.text("share_of", ""),
        due_on=table.month_day("due_on"),
        due_days=table.whole("due_days") if "due_days" in table.rest else None,
        due_from_start=table.flag("due_from_start"),
        counts_from=table.day("counts_from"),
        final_year_only=table.flag("final_year_only"),
        not_in_first_year=table.flag("not_in_first_year"),
        pro_rata=table.flag("pro_rata"),
    )
    table.done()
    check_requirement(requirement, table)
    return requirement


def _title(table: Table) -> Title:
    title = Title(
        _slug(table, table.text("id")), table.text("label"), table.text("help", ""), table.words("professions")
    )
    table.done()
    return title


def _choice(table: Table) -> Choice:
    choice = Choice(_slug(table, table.text("id")), table.text("label"), table.text("help", ""))
    table.done()
    return choice


def _question(table: Table) -> Question:
    remembered = "remembered" not in table.rest or table.flag("remembered")
    question = Question(
        _slug(table, table.text("id")),
        table.text("label"),
        table.text("help", ""),
        _choices(table, "choices"),
        remembered,
    )
    table.done()
    return question


def _guess(table: Table) -> Guess:
    guess = Guess(table.words("kinds"), table.words("topics"), table.text("category", ""), table.words("marks"))
    table.done()
    return guess


def _limit(table: Table) -> Limit:
    value = table.number("value")
    if value is None:
        raise table.wrong("value is missing")
    limit = Limit(
        id=_slug(table, table.text("id")),
        per=table.text("per"),
        value=value,
        where=_where(table),
        sentence=table.text("sentence"),
        cite=_cite(table),
    )
    table.done()
    if limit.per not in ("note", "day", "entry"):
        raise table.wrong("per must be note, day or entry")
    return limit


def _reading(table: Table) -> ReadingRule:
    rule = ReadingRule(
        sentence=table.text("sentence"),
        cite=_cite(table, may_lack_source=True),
        category=table.text("category", ""),
        never=table.words("never"),
    )
    table.done()
    return rule


def _artefact_kind(table: Table) -> ArtefactKind:
    fields = []
    for part in table.tables("fields", named=f"{table.figure}, field"):
        fields.append(
            ArtefactField(
                id=_slug(part, part.text("id")),
                label=part.text("label"),
                kind=part.text("kind", "long"),
                help=part.text("help", ""),
                choices=_choices(part, "choices"),
                required=part.flag("required"),
            )
        )
        if fields[-1].kind not in FIELD_KINDS:
            raise part.wrong(f"kind must be one of {', '.join(FIELD_KINDS)}")
        if (fields[-1].kind in ("choice", "choices")) != bool(fields[-1].choices):
            raise part.wrong("choices belong to the kinds choice and choices, and only there")
        part.done()
    kind = ArtefactKind(
        id=_slug(table, table.text("id")),
        name=table.text("name"),
        plural=table.text("plural"),
        sentence=table.text("sentence"),
        fields=tuple(fields),
        is_declaration=table.flag("is_declaration"),
        quantity=table.text("quantity", ""),
        cite=_maybe_cite(table),
    )
    table.done()
    if kind.quantity and kind.quantity not in {field.id for field in kind.fields if field.kind == "hours"}:
        raise table.wrong("quantity must name a field of kind hours")
    if kind.is_declaration and kind.fields:
        raise table.wrong("a declaration has no fields: its sentence is what is declared")
    return kind


def _number_form(table: Table) -> NumberForm:
    form = NumberForm(
        label=table.text("label"),
        pattern=table.text("pattern"),
        example=table.text("example"),
        cite=_cite(table, may_lack_source=True),
        titles=table.words("titles"),
        luhn_prefix=table.text("luhn_prefix", ""),
    )
    table.done()
    try:
        fits = re.fullmatch(form.pattern, form.example.upper().replace(" ", ""))
    except re.error as error:
        raise table.wrong(f"pattern is no regular expression: {error}") from None
    if not fits:
        raise table.wrong("the example does not fit the pattern")
    return form


def _pro_rata(table: Table) -> ProRataRule:
    rule = ProRataRule(
        joining=table.one("joining", ProRata, ProRata.UNKNOWN),
        leave=table.one("leave", ProRata, ProRata.UNKNOWN),
        part_time=table.one("part_time", ProRata, ProRata.UNKNOWN),
        whole=table.flag("whole"),
        sentence=table.text("sentence", ""),
        cite=_maybe_cite(table),
    )
    table.done()
    return rule


def _statement(table: Table) -> Statement:
    statement = Statement(table.text("text"), _maybe_cite(table))
    table.done()
    return statement
