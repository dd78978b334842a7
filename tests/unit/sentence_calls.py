"""Finds in the source which sentences are asked for, and with which parameters."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

# What is given beside a sentence's parameters.
_ELSE = frozenset(("field", "status", "rule", "about", "errors", "headers", "more"))
# Which argument of a call is the code, or completes one of these.
_CODES = {
    "Refused": (0, ("{}",)),
    "ProblemError": (1, ("{}",)),
    "Offence": (1, ("{}",)),
    "BadCell": (1, ("{}",)),
    "NotStrict": (0, ("not-strict.{}",)),
    "refuse_unless": (2, ("not-found:{}", "illegal-step:{}")),
    "refuse_beyond": (2, ("{}",)),
    "_within": (2, ("{}",)),
    "_no": (0, ("{}",)),
    "_rule": (0, ("{}", "{}:met")),
}
# What a helper gives beside what its caller does.
_GIVEN = {
    "illegal-step:{}": {"current", "allowed"},
    "refuse_beyond": {"most"},
    "_within": {"most"},
}
# Functions that pass on a code which their callers, or an exception, have named.
_PASS_ON = frozenset(
    ("refuse_unless", "refuse_beyond", "_within", "_no", "_rule", "problem_of", "_offence")
)


@dataclass(frozen=True, slots=True)
class Call:
    """Where a sentence is asked for, by its code, with parameters of these names."""

    place: str
    code: str
    params: frozenset[str]


class NoCode(Exception):
    """A call whose code cannot be read from the source."""


def calls() -> Iterator[Call]:
    """Every call in the program. Raises NoCode."""
    for room in ("shared", "services", "apps"):
        for path in sorted((ROOT / room).rglob("*.py")):
            source = path.read_text("utf-8")
            if any(f"{name}(" in source for name in (*_CODES, "(Refused):")):
                yield from calls_in(source, str(path.relative_to(ROOT)))


def calls_in(source: str, path: str) -> Iterator[Call]:
    """Every call in one file's source. Raises NoCode."""
    yield from _calls(ast.parse(source), path, "", refusal=False)


def _calls(node: ast.AST, path: str, function: str, *, refusal: bool) -> Iterator[Call]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name != "__init__":
        function = node.name
    if isinstance(node, ast.ClassDef):
        refusal = any(isinstance(base, ast.Name) and base.id == "Refused" for base in node.bases)
    if isinstance(node, ast.Call) and (name := _name(node, refusal)) in _CODES:
        yield from _call(node, name, f"{path}:{node.lineno}", function)
    for child in ast.iter_child_nodes(node):
        yield from _calls(child, path, function, refusal=refusal)


def _name(call: ast.Call, refusal: bool) -> str:
    match call.func:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr="__init__") if refusal:
            return "Refused"
    return ""


def _call(call: ast.Call, name: str, place: str, function: str) -> Iterator[Call]:
    at, codes = _CODES[name]
    match call.args[at : at + 1]:
        case [ast.Constant(value=str(code))]:
            pass
        case _ if function in _PASS_ON:
            return
        case _:
            raise NoCode(f"{place}: give {name} its code as a plain text")
    if name == "_rule" and isinstance(call.args[1], ast.Constant):
        codes = ("{}:met",) if call.args[1].value else ("{}",)
    given = {word.arg for word in call.keywords if word.arg and word.arg not in _ELSE}
    if name == "Offence" and isinstance(call.args[2], ast.Dict):
        given |= {str(key.value) for key in call.args[2].keys if isinstance(key, ast.Constant)}
    for word in call.keywords:
        # A sentence may mention what the offending inputs' own sentences say.
        if word.arg == "errors" and code == "invalid-input":
            given.add("errors")
        if word.arg == "about":
            given.add("*")
    for pattern in codes:
        params = {*given, *_GIVEN.get(name, ())}
        if pattern != "not-found:{}":
            params |= _GIVEN.get(pattern, set())
        else:
            params = set()
        yield Call(place, pattern.format(code), frozenset(params))
