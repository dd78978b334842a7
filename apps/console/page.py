"""The first page: the timeline in words."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from apps.composition.agencies import OWNERS, TITLES
from apps.composition.system import VERSION
from apps.console import words
from apps.console.timeline import Happening, Timeline, by_cause
from shared.events.values import WITA

HERE = Path(__file__).parent
CSS = (HERE / "page.css").read_bytes()
ROWS = 50
_COLOURS = 8
_MAX_DEPTH = 6
_TITLES = {owner.source: TITLES[name] for name, owner in OWNERS.items()}
_COLOUR_OF = {owner.source: f"a{number}" for number, owner in enumerate(OWNERS.values())}
_NOT_FACTS = ("consumer",)
# kind/id with a long id: its end tells streams apart, the beginning of a UUIDv7 is only a time.
_LONG = re.compile(r"([a-z]+/).{12,}(.{8})")


@dataclass(frozen=True, slots=True)
class AnyProjection:
    """A way to ask for a page. `chain` is a correlation id, `explicit` a language in the URL."""

    language: str
    explicit: bool = False
    receipts: bool = False
    chain: str = ""

    def link(self, **more: str) -> str:
        """Return the page's address with other parameters."""
        given = {"lang": self.language} if self.explicit else {}
        return "?" + urlencode(given | more)

    @property
    def own(self) -> dict[str, str]:
        """Its parameters beside the language."""
        return {"all": "1"} if self.receipts else {"chain": self.chain} if self.chain else {}

    def shows(self, happening: Happening) -> bool:
        return self.receipts or happening.kind not in _NOT_FACTS


def agency(source: str) -> str:
    """Return the title of an agency, by its URN."""
    return _TITLES.get(source, source)


def item(happening: Happening, cursor: str) -> dict[str, object]:
    """Return an event as programs get it: no data, since they may tell of persons."""
    return {
        "cursor": cursor,
        "topic": happening.topic,
        "partition": happening.partition,
        "offset": happening.offset,
        "source": happening.source,
        "agency": agency(happening.source),
        "type": happening.type,
        "event": happening.event,
        "subject": happening.subject,
        "sequence": happening.sequence,
        "time": happening.time,
        "actor": happening.actor,
        "causationid": happening.causation,
        "correlationid": happening.correlation,
    }


def state(timeline: Timeline) -> dict[str, object]:
    """Return what a page shows beside its events."""
    return {
        "reachable": timeline.reachable,
        "complete": timeline.complete,
        "unauthentic": timeline.unauthentic,
        "events": timeline.events,
        "counts": {
            f"{name}.{kind}": timeline.count(OWNERS[name].source, kind)
            for name, kinds in words.COUNTED.items()
            for kind in kinds
        },
    }


class Pages:
    """Renders pages of one console."""

    def __init__(
        self, timeline: Timeline, urls: Mapping[str, str], *, embedded: bool, demo_accounts: bool
    ) -> None:
        self._timeline = timeline
        self._embedded, self._demo_accounts = embedded, demo_accounts
        # Embedded, the services are below this page, under whatever name it was reached.
        self._urls = {
            name: (urlsplit(url).path if embedded else url).strip("/" if embedded else "")
            for name, url in urls.items()
        }
        self._templates = Environment(
            loader=FileSystemLoader(HERE),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
        )
        self._page = self._templates.get_template("page.html")
        self._row = self._templates.get_template("row.html")

    def page(self, view: AnyProjection, nonce: str) -> str:
        happenings = self._timeline.latest()
        if view.chain:
            found = [h for h in happenings if h.correlation == view.chain]
            rows = [self._words(h, view, found, depth) for depth, h in by_cause(found)]
        else:
            shown = [h for h in happenings if view.shows(h)][-ROWS:]
            rows = [self._words(h, view, shown) for h in reversed(shown)]
        other = "en" if view.language == "id" else "id"
        stream = {"after": self._timeline.cursor(), "page": view.language, **view.own}
        return self._page.render(
            view=view,
            t=words.speak(words.TEXT, view.language),
            language=view.language,
            other=other,
            other_link="?" + urlencode({"lang": other, **view.own}),
            here=view.link(**view.own),
            stream="v1/events/stream?" + urlencode(stream),
            nonce=nonce,
            css=sha256(CSS).hexdigest()[:8],
            version=VERSION,
            embedded=self._embedded,
            demo_accounts=self._demo_accounts,
            cards=self._cards(view.language),
            rows=rows,
            state=state(self._timeline),
            number=lambda n: number(n, view.language),
        )

    def row(self, happening: Happening, view: AnyProjection) -> str:
        """Return the HTML of one more event for a page that is open."""
        shown = [h for h in self._timeline.latest() if view.shows(h)][-ROWS:]
        macro = getattr(self._row.module, "row")  # noqa: B009 - a macro of the template
        return str(macro(self._words(happening, view, shown))).strip()

    def _cards(self, language: str) -> list[dict[str, object]]:
        kinds, texts = words.speak(words.KINDS, language), words.speak(words.AGENCIES, language)
        return [
            {
                "name": name,
                "colour": _COLOUR_OF[owner.source],
                "title": TITLES[name],
                "text": texts.get(name, ""),
                "url": self._urls.get(name),
                "counts": [
                    (
                        f"{name}.{kind}",
                        kinds.get(kind, kind),
                        number(self._timeline.count(owner.source, kind), language),
                    )
                    for kind in words.COUNTED[name]
                ],
            }
            for name, owner in OWNERS.items()
        ]

    def _words(
        self, happening: Happening, view: AnyProjection, shown: Sequence[Happening], depth: int = 0
    ) -> dict[str, object]:
        t = words.speak(words.TEXT, view.language)
        long = None if view.chain else _LONG.fullmatch(happening.subject)
        chain = happening.correlation
        return {
            "anchor": happening.anchor,
            "classes": " ".join(
                [_colour(chain), *([f"d{min(depth, _MAX_DEPTH)}"] if depth else [])]
            ),
            "iso": f"{happening.time:%Y-%m-%dT%H:%M:%SZ}",
            "time": clock(happening.time, view.language),
            "agency": agency(happening.source),
            "agency_colour": _COLOUR_OF.get(happening.source, ""),
            "event": self._event(happening, view.language),
            "short": f"{long[1]}…{long[2]}" if long else happening.subject,
            "chain": view.link(chain=chain),
            "code": chain[-4:],
            "because": t["because"],
            **self._cause(happening, view, shown),
        }

    def _event(self, happening: Happening, language: str) -> str:
        return words.speak(words.EVENTS, language).get(happening.event, happening.event)

    def _cause(
        self, happening: Happening, view: AnyProjection, shown: Iterable[Happening]
    ) -> dict[str, str]:
        """Return the cause in words, and the link to where it is to be seen in these pages."""
        t = words.speak(words.TEXT, view.language)
        cause = self._timeline.find(happening.causation)
        if cause is not None:
            said = f"{self._event(cause, view.language)}, {agency(cause.source)}"
            here = any(h.number == cause.number for h in shown)
            page = "" if here else view.link(chain=cause.correlation)
            return {"cause": said, "cause_link": f"{page}#{cause.anchor}"}
        kind, _, rest = happening.causation.partition("/")
        if kind in _TITLES:
            return {"cause": f"{rest} {t['of']} {agency(kind)}", "cause_link": ""}
        said = {"request": t["request"], "timer": t["timer"]}.get(kind, t["service"])
        return {"cause": said, "cause_link": ""}


def number(value: int, language: str) -> str:
    """Write a number with the language's mark between thousands."""
    return f"{value:,}" if language == "en" else f"{value:,}".replace(",", ".")


def clock(time: datetime, language: str) -> str:
    """Write the day and time in Paser."""
    here = time.astimezone(WITA)
    mark = ":" if language == "en" else "."
    return f"{here.day} {words.MONTHS[language][here.month - 1]} {here:%H{mark}%M{mark}%S}"


def _colour(chain: str) -> str:
    return f"c{sha256(chain.encode()).digest()[0] % _COLOURS}"
