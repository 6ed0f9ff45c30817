"""Every framework that is shipped: its examples come out as it says, and all that was promised are there."""

import pytest

from accounts.models import Profession
from cpd.catalogue import FOLDER, digest_of, framework, frameworks, likely, text_of
from cpd.models import Kind
from cpd.rules.examples import faults_of
from cpd.rules.types import Confidence, CycleKind, Example, Framework, RuleKind

PROMISED = {
    "uk-gmc", "uk-aomrc", "uk-rcp-federation", "uk-rcgp", "uk-rcpch", "uk-rcpsych", "uk-rcoa", "uk-fph",
    "uk-nmc", "uk-gphc", "uk-gdc", "uk-hcpc", "uk-goc", "uk-gosc", "uk-gcc", "ie-mpc-2025",
    "au-mba", "au-nmba", "au-pharmba", "nz-mcnz-vocational", "nz-inpractice", "ca-rcpsc-moc", "ca-cfpc-mainpro",
    "us-ama-pra", "us-abim", "us-ancc", "us-ca-mbc", "us-fl-bom", "us-ga-mb", "sg-smc",
    "hk-mchk-nonspecialist", "hk-hkam-specialist", "za-hpcsa",
}  # fmt: skip
EXAMPLES = [(each, example) for each in frameworks().values() for example in each.examples]


def test_all_that_was_promised_are_there() -> None:
    assert set(frameworks()) >= PROMISED


@pytest.mark.sweep
@pytest.mark.parametrize(("body", "example"), EXAMPLES, ids=[f"{body.id}: {each.name}" for body, each in EXAMPLES])
def test_an_example_clinician_comes_out_as_the_file_says(body: Framework, example: Example) -> None:
    assert not list(faults_of(example, body))


@pytest.mark.sweep
@pytest.mark.parametrize("body", frameworks().values(), ids=list(frameworks()))
def test_each_figure_has_a_page_a_grade_and_a_day(body: Framework) -> None:
    for version in body.versions:
        for cite in [*(each.cite for each in version.requirements), *(each.cite for each in version.limits)]:
            assert cite.sources and all(source.url.startswith("http") for source in cite.sources)
            assert cite.checked.year >= 2026
    assert body.professions <= set(Profession.values)


def test_the_gdc_knows_all_seven_titles() -> None:
    values = frameworks()["uk-gdc"].versions[-1].requirement("cpd-total").values
    assert {title: int(value) for title, value in values.items()} == {
        "dentist": 100,
        "dental-therapist": 75,
        "dental-hygienist": 75,
        "orthodontic-therapist": 75,
        "clinical-dental-technician": 75,
        "dental-nurse": 50,
        "dental-technician": 50,
    }


def test_all_ways_to_tell_a_cycle_are_in_use() -> None:
    assert {version.cycle.kind for each in frameworks().values() for version in each.versions} == set(CycleKind)


def test_nearly_all_kinds_of_rule_are_in_use() -> None:
    used = {rule.kind for each in frameworks().values() for version in each.versions for rule in version.requirements}
    assert set(RuleKind) - used <= {RuleKind.MAX_SHARE}


def test_no_figure_below_grade_a_is_shown_as_sure() -> None:
    for each in frameworks().values():
        for version in each.versions:
            for rule in version.requirements:
                assert rule.cite.is_sure == (rule.cite.confidence is Confidence.A)


def test_guesses_speak_of_kinds_that_exist() -> None:
    named = {
        kind
        for each in frameworks().values()
        for version in each.versions
        for guess in version.guesses
        for kind in guess.kinds
    }
    assert named <= set(Kind.values)


@pytest.mark.parametrize(
    ("profession", "country", "first", "others"),
    [
        ("nurse", "GB", "uk-nmc", set()),
        ("midwife", "AU", "au-nmba", set()),
        ("doctor", "GB", "uk-gmc", {"uk-rcgp", "uk-rcpsych"}),
        ("dentist", "GB", "uk-gdc", set()),
        ("pharmacist", "AU", "au-pharmba", set()),
        ("doctor", "IE", "ie-mpc-2025", set()),
        ("doctor", "US", "us-ca-mbc", {"us-fl-bom", "us-ga-mb", "us-abim"}),
    ],
)
def test_what_is_likely_for_somebody(profession: str, country: str, first: str, others: set[str]) -> None:
    found = [each.id for each in likely(profession, country)]
    assert found[0] == first
    assert others <= set(found)


def test_nothing_is_likely_for_nobody() -> None:
    assert likely("", "") == likely("nurse", "") == likely("", "GB") == []


def test_the_text_and_its_digest_are_the_files() -> None:
    assert text_of("uk-nmc") == (FOLDER / "uk-nmc.toml").read_text(encoding="utf-8")
    assert len(digest_of("uk-nmc")) == 64
    assert framework("no-such") is None
    with pytest.raises(KeyError):
        text_of("no-such")
