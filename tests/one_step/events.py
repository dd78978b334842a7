"""The published language of a small lending library."""

from shared.events.base import Event, Id, Topic

TOPIC = Topic("library.events")


class LibraryEvent(Event):
    """An event of the library, published on its topic."""

    published_on = TOPIC


class BookLent(LibraryEvent):
    """A reader has borrowed the book."""

    reader: Id


class BookReturned(LibraryEvent):
    """The reader has brought the book back; `late`: after the last day."""

    reader: Id
    late: bool


class ReaderJoined(LibraryEvent):
    """The reader may borrow books."""


EVENTS: tuple[type[Event], ...] = (BookLent, BookReturned, ReaderJoined)
