"""Book: lent to one reader at a time."""

from collections.abc import Sequence
from typing import assert_never

from shared.eventsourcing.decider import Command, Context, Decider, State, StreamRef
from shared.eventsourcing.refusal import Refused
from tests.one_step.events import BookLent, BookReturned


class Lend(Command):
    """Lend the book to a reader."""

    reader: str


class TakeBack(Command):
    """Take the book back from whoever has it."""

    late: bool = False


class Book(State):
    """The reader who has the book."""

    reader: str | None = None


BookCommand = Lend | TakeBack
BookEvent = BookLent | BookReturned


def decide(state: Book, command: BookCommand, context: Context) -> Sequence[BookEvent]:
    match command:
        case Lend(reader=reader):
            if state.reader is not None:
                raise Refused("lent", field="reader")
            return [BookLent(reader=reader)]
        case TakeBack(late=late):
            return [BookReturned(reader=state.reader, late=late)] if state.reader else []
        case _:
            assert_never(command)


def evolve(state: Book, event: BookEvent) -> Book:
    match event:
        case BookLent():
            return Book(reader=event.reader)
        case BookReturned():
            return Book()
        case _:
            assert_never(event)


BOOK = Decider("book", Book(), decide, evolve)


def book_stream(id: str) -> StreamRef[Book, BookCommand]:
    """Name the stream of one book."""
    return BOOK.stream(id)
