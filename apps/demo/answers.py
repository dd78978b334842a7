"""The parts of the services' answers that the demo reads."""

from pydantic import BaseModel, Field, JsonValue


class Anything(BaseModel):
    """Something that is there, of which nothing is read."""


class Status(BaseModel):
    """The state of an application, an alignment or an agreement."""

    status: str


class Row(BaseModel):
    """A row of a list, by its id."""

    id: str


class Keyed(BaseModel):
    """A row of a list, by its key."""

    key: str


class Task(BaseModel):
    """A task of a worklist."""

    task: str


class Intake(BaseModel):
    """An intake as the centre's officers see it."""

    status: str
    candidates: int
    instructors: list[str]
    workshop_ready: bool
    seats: list[JsonValue] | dict[str, JsonValue]
    starts_on: str
    ends_on: str


class Application(BaseModel):
    """An application; `questions` are those about a referral to another centre."""

    questions: list[JsonValue] | dict[str, JsonValue] = Field(default_factory=list)


class Certificate(BaseModel):
    """A certificate as anybody may see it: not whose it is."""

    title: str
    application: str | None = None


class InTwoLanguages(BaseModel):
    """A sentence in Indonesian; the English one is not read."""

    id: str


class Followed(BaseModel):
    """An application as somebody without an account sees it."""

    status: str
    next: InTwoLanguages


class Name(BaseModel):
    """A person's name."""

    name: str


class PersonalData(BaseModel):
    """A person's data, as an officer reads it for a purpose."""

    data: Name


class Read(BaseModel):
    """One reading of a person's data."""

    purpose: str


class AccessReport(BaseModel):
    """All readings of a person's data."""

    reads: list[Read]


class Workshop(BaseModel):
    """A workshop's equipment by item."""

    equipment: dict[str, int]


class Figures(BaseModel):
    """The centre's figures of one intake."""

    key: str
    applied: int
    eligible: int
    accepted: int
    finished: int
    certified: int
    placed: int


class DemandRow(BaseModel):
    """The ministry's evidence: so many applicants of a district for a field."""

    kejuruan: str
    kecamatan: str
    applicants: int


class Proposal(BaseModel):
    """A proposal; `missing` is what was not granted."""

    status: str
    missing: list[JsonValue] | dict[str, JsonValue]


class Consignment(BaseModel):
    """A consignment: units by item, and the asset numbers they have."""

    status: str
    origin: str
    commissioned: dict[str, int]
    handed_over: dict[str, int]
    assets: list[JsonValue] | dict[str, JsonValue]


class Partner(BaseModel):
    """A member of the network."""

    unit: str
    fields: list[str]


class Wanted(BaseModel):
    """So many of one item, asked for or lent."""

    item: str
    quantity: int


class Support(BaseModel):
    """A request for support; `offers` by number."""

    items: list[Wanted]
    offers: dict[str, Status]


class Parked(BaseModel):
    """A record that a service could not apply, by its stream."""

    subject: str


class Happened(BaseModel):
    """An event of the console's list."""

    source: str
    subject: str
    sequence: int
    event: str
    time: str
    causationid: str
    correlationid: str


class Happenings(BaseModel):
    """A page of the console's list; `next` is where the following one begins."""

    items: list[Happened]
    next: str = ""
