"""Every code that the program uses has its sentence in every language, and no sentence is left
over: the check that `sinergi` never answers with a code alone."""

import string
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import get_args

import pytest

from services.equipment.domain.proposal import dossier
from services.equipment.worklist import TASKS as EQUIPMENT
from services.partners.domain.agreement import Agreement
from services.partners.domain.support import offer
from services.partners.domain.support.state import Support
from services.partners.worklist import TASKS as PARTNERS
from services.registration.domain.application import standing as application
from services.registration.domain.application.file_check import DeclineReason
from services.registration.domain.intake import state as intake
from services.registration.domain.intake.ranking import Given, explain
from services.registration.worklist import TASKS as REGISTRATION
from shared.events.registration.values import Place
from shared.events.values import Criterion, Education
from shared.eventsourcing.decider import State
from shared.kernel import sentences
from shared.kernel.sentences import NoSentence, catalogues, in_all, languages, sentence, told
from shared.web.problems import TITLED
from tests.unit.given import NOW
from tests.unit.sentence_calls import Call, NoCode, calls, calls_in

Catalogues = Mapping[str, Mapping[str, str]]

# Sentences that say more in one language than in the other.
_ONE_LANGUAGE = frozenset(
    ("alignment-closed", "illegal-step:offer", "no-such-route:console", "no-such-route:service")
)
_PLACE = Place(application="a", rank=1, priority=True, score=1, registered_at=NOW)
_RANKED = explain(_PLACE, ranking=("score",), quota=1, candidates=1, rule="selected").params


def _texts(type_: object) -> list[str]:
    return [str(value) for value in get_args(type_)]


def _of(state: type[State]) -> list[str]:
    """The statuses of a state, which may also have none."""
    literal, _ = get_args(state.model_fields["status"].annotation)
    return _texts(literal)


# Terms, by the prefix that sentences name them with, and codes that are chosen at run time.
TERMS: Mapping[str, list[str]] = {
    "application-status": _texts(application.Status),
    "intake-status": _texts(intake.Status),
    "proposal-status": _texts(dossier.Status),
    "agreement-status": _of(Agreement),
    "offer-status": _texts(offer.Status),
    "request-closed": [each for each in _of(Support) if each != "open"],
    "education": _texts(Education),
    "criterion": _texts(Criterion),
    "priority-group": ["true", "false"],
    "start-missing": ["instructors", "participants"],
    "next": [*_texts(application.Status), "failed"],
    "task": [waits.name for waits in (*REGISTRATION, *EQUIPMENT, *PARTNERS)],
    "status": [str(status) for status in sorted(TITLED)],
    "join": ["list", "or", "and", "then"],
}
CHOSEN = [
    *(Call("an officer's reason to decline", code, frozenset()) for code in _texts(DeclineReason)),
    *(Call("the ranking", code, frozenset(_RANKED)) for code in _texts(Given)),
    Call("told", "no-sentence", frozenset(("code", "about"))),
]


def _placeholders(code: str, texts: Mapping[str, str]) -> set[str]:
    """The parameters that a sentence needs, with those of the terms in it."""
    found = set()
    for _, name, spec, _ in string.Formatter().parse(texts.get(code, "")):
        if name is None:
            continue
        found.add(name)
        kind, _, prefix = (spec or "").partition(" ")
        assert kind in ("", "term", *TERMS["join"]), f"{code}: {spec}"
        for term in TERMS.get(prefix, ()):
            found |= _placeholders(f"{prefix}.{term}", texts)
    return found


def _wrong(used: list[Call], found: Catalogues) -> Iterator[str]:
    """Yield each missing or unused sentence, and each whose placeholders are wrong."""
    codes = {call.code for call in used}
    terms = {f"{prefix}.{each}" for prefix, all_ in TERMS.items() for each in all_}
    for language, texts in found.items():
        for code in sorted((codes | terms) - texts.keys()):
            yield f"{language}: {code} has no sentence"
        for code in texts:
            rule = code.partition("@")[0]
            if rule not in codes | terms and not rule.startswith("input:"):
                yield f"{language}: no code uses {code}"
    for call in used:
        if not all(call.code in texts for texts in found.values()):
            continue
        needs = {name: _placeholders(call.code, texts) for name, texts in found.items()}
        if call.code not in _ONE_LANGUAGE and len({frozenset(each) for each in needs.values()}) > 1:
            yield f"{call.code}: the placeholders of the languages differ: {needs}"
        if "*" not in call.params and set().union(*needs.values()) != call.params:
            given = set(call.params)
            yield f"{call.place}: {call.code} is given {given}, its sentences need {needs}"


USED = [*calls(), *CHOSEN]


def test_every_code_has_its_sentence_and_every_sentence_its_code() -> None:
    assert len(USED) > 250
    assert not list(_wrong(USED, catalogues()))


def _without(code: str) -> Catalogues:
    english = {name: text for name, text in catalogues()["en"].items() if name != code}
    return {**catalogues(), "en": english}


@pytest.mark.parametrize(
    "code", ["asset-taken", "application-status.offered", "task.ship", "absent", "join.or"]
)
def test_a_missing_sentence_is_found(code: str) -> None:
    assert f"en: {code} has no sentence" in list(_wrong(USED, _without(code)))


def test_what_no_code_uses_is_found() -> None:
    more = {**catalogues()["en"], "left-over": "Nothing says this.", "dates:visit@1": "Fine."}
    assert list(_wrong(USED, {**catalogues(), "en": more})) == ["en: no code uses left-over"]


@pytest.mark.parametrize("text", ["Only some of them.", "Only {most} of {all}.", "Only {much}."])
def test_other_placeholders_are_found(text: str) -> None:
    other = {**catalogues()["en"], "more-than-shipped": text}
    assert "more-than-shipped: the placeholders of the languages differ" in str(
        list(_wrong(USED, {**catalogues(), "en": other}))
    )
    both = dict.fromkeys(("en", "id"), other)
    assert any("is given" in each for each in _wrong(USED, both))


def test_a_code_must_be_read_from_the_source() -> None:
    with pytest.raises(NoCode):
        list(calls_in("def f(code):\n    raise Refused(code)\n", "f.py"))
    (call,) = calls_in("raise Refused('dates:visit', status=422, day='x')", "f.py")
    assert (call.code, call.params) == ("dates:visit", frozenset({"day"}))


def test_placeholders_show_parameters_terms_and_lists() -> None:
    params = {"current": "draft", "allowed": ["open", "closed"]}
    assert sentence("illegal-step:intake", params, "en") == (
        "The intake is a draft; this step needs one that is open for registration or closed for"
        " registration."
    )
    assert sentence("illegal-step:intake", params, "id") == (
        "Angkatan ini masih rancangan; langkah ini memerlukan yang membuka pendaftaran atau"
        " menutup pendaftaran."
    )
    assert sentence("unknown-account", {"accounts": ["a", "b"]}, "en") == (
        'Send {"account": "..."} as JSON or as a form, with one of the accounts: a, b.'
    )


@pytest.mark.parametrize(
    ("code", "params"),
    [
        ("no-such-code", {}),
        ("more-than-shipped", {"much": 3}),
        ("partner-field:agreement", {"foreign": 3}),
        ("request-closed", {"why": "of another system"}),
    ],
)
def test_what_the_catalogue_does_not_know_is_told_by_its_code(
    code: str, params: Mapping[str, str | int]
) -> None:
    with pytest.raises(NoSentence):
        sentence(code, params, "id")
    for language in languages():
        assert told(code, params, language).startswith(f"{code}: ")
    assert in_all(code, params)["en"] != in_all(code, params)["id"]


def _catalogue(folder: Path, language: str, **messages: str) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / f"{language}.po"
    lines = [f'msgid "{code}"\nmsgstr "{text}"\n' for code, text in messages.items()]
    file.write_text("\n".join(lines), "utf-8")
    return file


def test_a_further_language_is_a_further_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [*sentences.catalogue_files(), _catalogue(tmp_path, "bjn", erased="Sudah kada ada.")]
    found = sentences.read(files)
    monkeypatch.setattr(sentences, "catalogues", lambda: found)
    assert languages() == ("bjn", "en", "id")
    assert sentence("erased", {}, "bjn") == "Sudah kada ada."
    assert "bjn: fields has no sentence" in list(_wrong(USED, found))


def test_the_wording_of_an_older_rule_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = _catalogue(tmp_path, "en", **{"min-age": "Below {age}.", "min-age@1": "Too young."})
    found = sentences.read([file])
    monkeypatch.setattr(sentences, "catalogues", lambda: found)
    assert sentence("min-age", {}, "en", version=1) == "Too young."
    assert sentence("min-age", {"age": 17}, "en", version=2) == "Below 17."


def test_two_catalogues_may_not_have_the_same_code(tmp_path: Path) -> None:
    files = [_catalogue(tmp_path / name, "en", erased=name) for name in ("a", "b")]
    with pytest.raises(ValueError, match="erased"):
        sentences.read(files)
