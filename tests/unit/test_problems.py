"""The whole answer to people and programs when something is refused, in both languages."""

import json
from typing import Any

import pytest
from pydantic import ValidationError
from starlette.requests import Request

from shared.events.values import Item
from shared.eventsourcing.refusal import Refused
from shared.kernel.strict_json import NotStrict, loads
from shared.runtime.application import problem_of
from shared.web.problems import ProblemError, invalid_input, language_of, not_strict, unknown


def answer(problem: ProblemError, language: str) -> dict[str, Any]:
    response = problem.response(language)
    assert response.headers["content-language"] == language
    found: dict[str, Any] = json.loads(bytes(response.body))
    return found


def test_a_refusal() -> None:
    refused = Refused("more-than-shipped", field="items.0.good", status=422, most=3)
    assert answer(problem_of(refused), "en") == {
        "type": "urn:sinergi:problem:more-than-shipped",
        "title": "The input does not fit",
        "status": 422,
        "detail": "Only 3 of this item are on their way. Count again.",
        "rule": "more-than-shipped",
        "code": "more-than-shipped",
        "params": {"most": 3},
        "errors": [
            {
                "field": "items.0.good",
                "detail": "Only 3 of this item are on their way. Count again.",
            }
        ],
    }
    told = answer(problem_of(refused), "id")
    assert told["title"] == "Isian tidak sesuai"
    assert told["detail"] == "Hanya 3 dari peralatan ini yang sedang dikirim. Hitung kembali."


def test_a_rule_with_several_sentences_stays_one_rule() -> None:
    refused = Refused("registration-closed:on-day", field="intake", day="2022-07-15")
    told = answer(problem_of(refused), "en")
    assert told["rule"] == "registration-closed"
    assert told["type"] == "urn:sinergi:problem:registration-closed"
    assert told["code"] == "registration-closed:on-day"
    assert told["detail"] == (
        "Registration for this intake closed on 2022-07-15. Choose another intake."
    )


def test_a_name_that_nothing_has() -> None:
    told = answer(unknown("proposal", "p1"), "id")
    assert (told["rule"], told["detail"]) == ("unknown-proposal", "proposal p1 tidak ditemukan.")
    assert told["errors"] == [{"field": "proposal", "detail": "tidak dikenal"}]
    assert answer(unknown("proposal", "p1"), "en")["detail"] == "There is no proposal p1."


def test_input_that_does_not_fit() -> None:
    with pytest.raises(ValidationError) as caught:
        Item.model_validate_json('{"quantity": 0, "colour": "red"}')
    problem = invalid_input(caught.value)
    assert answer(problem, "id")["detail"] == (
        "Mohon perbaiki: item: wajib diisi; quantity: paling sedikit 1;"
        " colour: isian ini tidak dikenal"
    )
    assert answer(problem, "en")["detail"] == (
        "Please correct: item: Field required; quantity: Input should be greater than or equal to"
        " 1; colour: Extra inputs are not permitted"
    )
    assert answer(problem, "id")["errors"][1] == {"field": "quantity", "detail": "paling sedikit 1"}


@pytest.mark.parametrize(
    ("unknown", "listed", "last"),
    [(18, 20, "extra input"), (19, 21, "and 1 more"), (4_000, 21, "and 3982 more")],
)
def test_nonsense_gets_a_short_answer(unknown: int, listed: int, last: str) -> None:
    """Two fields are missing, and each unknown one is a mistake."""
    body = json.dumps({f"{number:05}{'x' * 1000}": 1 for number in range(unknown)})
    with pytest.raises(ValidationError) as caught:
        Item.model_validate_json(body)
    problem = invalid_input(caught.value)
    errors = answer(problem, "en")["errors"]
    assert len(errors) == listed
    assert errors[-1]["detail"].lower().startswith(last)
    assert all(len(error["field"]) <= 100 for error in errors)
    for language in ("en", "id"):
        assert len(problem.response(language).body) < 8_000


def test_a_mistake_without_an_indonesian_sentence() -> None:
    with pytest.raises(ValidationError) as caught:
        Item.model_validate_json('{"item": "las", "quantity": 1e400}')
    (error,) = answer(invalid_input(caught.value), "id")["errors"]
    assert error["detail"].startswith(("tidak sesuai (", "harus berupa bilangan bulat"))


def test_json_that_readers_take_differently() -> None:
    with pytest.raises(NotStrict) as caught:
        loads(b'{"a": 1, "a": 2}')
    problem = not_strict(caught.value)
    assert answer(problem, "en")["detail"] == (
        "Not every reader would take this body alike: the name 'a' is there twice: give each once."
    )
    assert answer(problem, "id")["detail"] == (
        "Isi permintaan dapat dibaca berbeda-beda:"
        " nama 'a' ada dua kali: tulis masing-masing sekali."
    )


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "id"),
        ("en", "en"),
        ("fr, EN-gb;q=0.8, id", "en"),
        ("id;q=0.5,en", "id"),
        ("de", "id"),
        ("*", "id"),
    ],
)
def test_the_language_of_an_answer(header: str, language: str) -> None:
    raw = [(b"accept-language", header.encode())]
    assert language_of(Request({"type": "http", "headers": raw})) == language
