"""Names: after a title, after "called" and "named", beside a patient or a relative. A bare first name is not seen."""

import re
from collections.abc import Iterator

from cpd.identifiers.findings import Sighting
from cpd.identifiers.plain import before
from cpd.identifiers.wordlists import words_of

WORD = r"[^\W\d_][\w'-]{1,30}"
# Of a name: initials, small words that belong to it, and up to three words.
SMALL = r"(?:(?:van der|van den|van|von|de la|de|del|da|di|du|ter|bin|al|el|st\.?) )?"
INITIALS = r"(?:(?:[A-Z]\.? ?){1,3} )?"
FULL = rf"{INITIALS}{SMALL}{WORD}(?: {SMALL}{WORD})?"
TITLES = re.compile(
    rf"(?<![\w-])(?P<title>(?:Mr|Mrs|Ms|Miss|Mx|Master|Baby|Sir|Lady|Lord|Dame|Señor|Señora"
    rf"|Rev|Reverend|Father|Mme|Herr|Frau"
    rf"|MR|MRS|MS|MISS|mr|mrs)\.?(?: and (?:Mrs?|Ms|Dr|Miss)\.?)?) (?P<name>{FULL})"
)
COLLEAGUES = re.compile(
    rf"(?<![\w-])(?P<title>(?:Drs?|DR|dr|Doctor|Prof|Professor|A/Prof|Sister|Sr|Nurse|(?:Staff|Charge) Nurse|Matron"
    rf"|Midwife|Paramedic|Registrar|Consultant|Pharmacist|PC)\.?(?: and (?:Mrs?|Dr|Prof)\.?)?) "
    rf"(?P<name>{FULL}(?: and {WORD})?)"
)
AT_WORK = re.compile(
    r"\b(?:consultant|surgeon|registrar|pharmacist|physio(?:therapist)?|dietitian|therapist|trainer|supervisor|tutor|locum"
    r"|colleague|midwife|nurse|matron|manager|radiographer|anaesthetist|appraiser|secretary|receptionist|optician"
    r"|optometrist|dentist|social worker|lecturer|speaker),? $"
)
CALLED = re.compile(
    r"\b(?i:(?:patient|pt|man|woman|lady|gentleman|boy|girl|lad|child|baby|toddler|teenager|person|resident|client|mother"
    r"|father|mum|dad|son|daughter|sister|brother|wife|husband|partner)s?,? (?:who (?:is|was) )?"
    r"(?:called|named|known as)) "
    rf"(?P<name>{FULL})"
)
NAME_IS = re.compile(
    r"(?i:(?:\b(?:patient|pt|his|her|their|whose)|'s) name(?: is| was)?:?) "
    rf"(?P<name>{FULL})|(?<![\w-])Name: (?P<only>{FULL})"
)
INITIALLED = re.compile(rf"\b[Pp](?:atient|t) (?P<name>(?:[A-Z]\.? ?){{1,3}} ?{SMALL}{WORD})")
BESIDE = re.compile(
    r"\b(?i:patient|mother|mum|father|dad|son|daughter|sister|brother|wife|husband|partner|widow|widower|carer|aunt|uncle"
    rf"|niece|nephew|grandson|granddaughter|grandmother|grandfather), (?P<name>{WORD}(?: {WORD})?)(?=[,.);]|$)"
)

# Words that follow a title and are no name. What stands for a disease, a sign, a book or a body of people.
NOT_NAMES = words_of("no-names")
NOT_DOCTORS = words_of("no-doctors")
NEVER_CALLED = words_of("never-called")
# Where the words are the name of something else: eponyms, books, reports, and people whom everybody may name.
PUBLIC = re.compile(
    r"(?:Mary Joseph|William Osler|Atul Gawande|Bawa-Garba|Callista Roy|Henry Marsh|Adam Kay|Florence Nightingale|"
    r"Alexander Fleming|Archie Cochrane|Harold Shipman|Michael Marmot|Robert Francis|Donna Ockenden|Muir Gray|"
    r"Cicely Saunders|Elisabeth K[uü]bler|Luke Fildes|Godfrey Hounsfield|James Spence|Percivall Pott|"
    r"Charles Bell|Thomas Addison|Iain Chalmers|Liam Donaldson|Chris Whitty|Rachel Clarke|Oliver Sacks)\b",
    re.I,
)
PERSON = "[name removed]"


def see_names(text: str) -> Iterator[Sighting]:
    """Names of patients and of those near them, and of colleagues."""
    yield from _see_titled(text)
    for pattern in (CALLED, NAME_IS):
        for match in pattern.finditer(text):
            group = "name" if match["name"] else "only"
            yield from _sight(text, match.start(group), match[group], "name")
    for match in INITIALLED.finditer(text):
        last = match["name"].split()[-1]
        if len(match["name"].split()) > 1 and last[0].isupper() and not last.isupper():
            yield from _sight(text, match.start("name"), match["name"], "name")
    for match in BESIDE.finditer(text):
        words = match["name"].split()
        is_people = words[0].endswith(("ish", "ian", "ese"))
        if all(word[0].isupper() and not word.isupper() for word in words) and not is_people:
            yield from _sight(text, match.start("name"), match["name"], "name")


def _see_titled(text: str) -> Iterator[Sighting]:
    for match in TITLES.finditer(text):
        name = _name_in(match["name"], title=match["title"])
        if name:
            is_colleague = AT_WORK.search(before(text, match.start())) is not None
            kind = "colleague" if is_colleague else "name"
            yield Sighting(
                match.start(), match.start("name") + len(name), kind, "a colleague" if is_colleague else "the patient"
            )
    for match in COLLEAGUES.finditer(text):
        name = _name_in(match["name"], title=match["title"])
        if name:
            yield Sighting(match.start(), match.start("name") + len(name), "colleague", "a colleague")


def _sight(text: str, start: int, written: str, kind: str) -> Iterator[Sighting]:
    name = _name_in(written, title="")
    if name and name.split()[0].lower() not in NEVER_CALLED and not name.isupper():
        yield Sighting(start, start + len(name), kind, PERSON)


def _name_in(written: str, *, title: str) -> str:
    """The words at the beginning of `written` that are a name; "" for none."""
    if PUBLIC.match(written):
        return ""
    is_small = title in {"mr", "mrs", "dr"}
    is_loud = title.rstrip(".").isupper() and len(title) > 1
    stops = NOT_NAMES | NOT_DOCTORS if title.rstrip(".").lower() in {"dr", "doctor", "sister"} else NOT_NAMES
    kept = 0
    has_word = False
    for match in re.finditer(r"\S+", written):
        word = match[0]
        bare = word.removesuffix("'s").rstrip(".")
        if len(bare) > 1 and bare.lower() in stops and bare.lower() not in {"van", "de", "da"}:
            # "and" joins two names; after a first real word anything else ends the name.
            if bare == "and" and has_word:
                continue
            break
        if len(bare) == 1:
            if not bare.isupper():
                break
            continue
        is_part = re.fullmatch(r"van|der|den|von|de|la|del|da|di|du|ter|bin|al|el|st", bare) is not None
        if is_part and not has_word:
            continue
        if not (bare[0].isupper() or (is_small and not has_word)):
            break
        # MR and DR before a word that is not loud itself: magnetic resonance, diabetic retinopathy.
        if is_loud and title.rstrip(".") in {"MR", "DR", "MS"} and not bare.isupper():
            break
        kept = match.start() + len(word if not word.endswith("'s") else bare)
        has_word = True
        if word.endswith(("'s",)):
            break
    return written[:kept].rstrip(".") if has_word else ""
