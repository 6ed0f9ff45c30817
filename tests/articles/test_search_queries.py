"""What is typed, taken apart: whatever it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.search.queries import MOST_CHARACTERS, MOST_WORDS, Term, fold, parse, words_of
from articles.search.synonyms import FILE, read, thesaurus


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("sepsis", [Term(("sepsis",))]),
        ("Sepsis  CARE", [Term(("sepsis",)), Term(("care",))]),
        ('"early warning" score', [Term(("early", "warning"), is_quoted=True), Term(("score",))]),
        ("“early warning”", [Term(("early", "warning"), is_quoted=True)]),
        ('care "early warning', [Term(("care",)), Term(("early", "warning"), is_quoted=True)]),
        ("asthma -inhaler", [Term(("asthma",)), Term(("inhaler",), is_left_out=True)]),
        ('-"dry powder"', [Term(("dry", "powder"), is_quoted=True, is_left_out=True)]),
        ("beta-blocker", [Term(("beta", "blocker"))]),
        ("A&E", [Term(("aande",))]),
        ("a & e", [Term(("aande",))]),
        ("Ménière’s", [Term(("meniere’s",))]),
        ("10.5 mg/kg", [Term(("10.5",)), Term(("mg", "kg"))]),
        ("(sepsis | !shock) & <b>", [Term(("sepsis",)), Term(("shock",)), Term(("b",))]),
        ("\x00sep\x00sis\u202e", [Term(("sep",)), Term(("sis",))]),
        ("تسمم", [Term(("تسمم",))]),
        ("e\u0301cho", [Term(("echo",))]),
    ],
)  # fmt: skip
def test_it_is_taken_apart(typed: str, terms: list[Term]) -> None:
    assert list(parse(typed).terms) == terms


@pytest.mark.parametrize(
    "typed", ["", " ", "-", "--", '"', '""', '"" - "', "& | ! ( ) : * <->", "\x00", "\u202e\u200f", "'’"]
)
def test_signs_alone_ask_for_nothing(typed: str) -> None:
    assert parse(typed).terms == ()


def test_only_the_beginning_of_very_much_is_read() -> None:
    long = parse("word " * 2_000)
    assert long.is_cut and len(long.terms) <= MOST_WORDS and len(long.text) <= MOST_CHARACTERS
    assert not parse("a few words").is_cut


@given(st.text(max_size=400))
def test_no_text_breaks_it_and_work_is_bounded(typed: str) -> None:
    query = parse(typed)
    assert sum(len(term.words) for term in query.terms) <= MOST_WORDS
    assert len(query.text) <= MOST_CHARACTERS
    assert "\x00" not in query.text
    # What was read reads the same again: the address of a result can be kept.
    assert parse(query.text).terms == query.terms


def test_the_file_of_synonyms_keeps_its_own_rules() -> None:
    import tomllib

    stored = tomllib.loads(FILE.read_text(encoding="utf-8"))
    assert len(stored["groups"]) >= 100
    seen: dict[tuple[str, ...], str] = {}
    for group in stored["groups"]:
        assert len({words_of(term) for term in group}) >= 2, group
        for term in group:
            assert term == term.lower().strip()
            assert words_of(term) and words_of(term) not in seen, f"{term} is also {seen.get(words_of(term))}"
        seen |= {words_of(term): term for term in group}
    for short, means in stored["abbreviations"].items():
        assert words_of(short) not in seen, short
        assert means
    for spelling in stored["spelling"]:
        assert spelling["british"] != spelling["american"] and spelling["at"] in ("start", "end", "anywhere")


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        ("mi", "myocardial infarction"), ("heart attack", "mi"), ("heart attacks", "mi"),
        ("acetaminophen", "paracetamol"), ("epinephrine", "adrenaline"), ("a&e", "emergency department"),
        ("htn", "hypertension"), ("hypoglycemia", "low blood sugar"), ("ms", "multiple sclerosis"),
    ],
)  # fmt: skip
def test_one_term_stands_for_the_others(typed: str, other: str) -> None:
    assert words_of(other) in thesaurus().alike(words_of(typed))


def test_an_abbreviation_with_several_meanings_goes_one_way() -> None:
    assert words_of("ms") not in thesaurus().alike(words_of("multiple sclerosis"))


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("haemorrhage", "hemorrhage"), ("anaemia", "anemia"), ("paediatric", "pediatric"), ("oedema", "edema"),
        ("oesophageal", "esophageal"), ("diarrhoea", "diarrhea"), ("dyspnoea", "dyspnea"), ("tumour", "tumor"),
        ("anaesthesia", "anesthesia"), ("gynaecology", "gynecology"), ("randomised", "randomized"),
        ("phaeochromocytoma", "pheochromocytoma"), ("ischaemia", "ischemia"), ("foetal", "fetal"),
        ("oestrogen", "estrogen"), ("sulphate", "sulfate"), ("behavioural", "behavioral"), ("fibre", "fiber"),
    ],
)  # fmt: skip
def test_both_spellings_are_known_either_way(british: str, american: str) -> None:
    assert american in thesaurus().spelled(british)
    assert british in thesaurus().spelled(american)


def test_a_thesaurus_is_made_of_what_a_file_says() -> None:
    small = read({"groups": [["one thing", "another"]], "abbreviations": {"ot": ["one thing"]}, "spelling": []})
    assert small.alike(("another",)) == (("one", "thing"),)
    assert small.alike(("ot",)) == (("one", "thing"),)
    assert small.alike(("unheard",)) == ()
    assert small.longest == 2


def test_folding_leaves_no_accents_and_joins_nothing() -> None:
    assert fold("Sjögren—x/y_z<b>") == "Sjogren x y z b "
