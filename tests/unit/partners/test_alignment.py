from typing import Any

import pytest

from services.partners.domain.alignment import (
    DECIDER,
    AgreeAlignment,
    CommentAlignment,
    DropAlignment,
    OpenAlignment,
    ReviseAlignment,
    Voice,
)
from shared.events.base import Event
from shared.events.partners.alignment import (
    AlignmentAgreed,
    AlignmentCommented,
    AlignmentDropped,
    AlignmentOpened,
    AlignmentRevised,
    ProgrammeAligned,
)
from shared.events.values import EntryRules, ProgrammeContent
from shared.eventsourcing.decider import Command
from tests.unit.given import BLK, MAKASSAR, MINISTRY, given
from tests.unit.partners.samples import SEMARANG

CONTENT = ProgrammeContent(
    title="Plate welder SMAW 3G",
    kejuruan="las",
    skkni="C.24LAS01.003.2",
    hours=260,
    local_potential="Pabrik sawit",
    tna_reference="TNA-2022",
    entry=EntryRules(min_education="sma"),
)
LONGER = CONTENT.model_copy(update={"hours": 300})
OPEN = OpenAlignment(labour_market="Bengkel mencari juru las.", content=CONTENT, programme="g1")
OPENED = AlignmentOpened(
    kejuruan="las",
    region=BLK,
    labour_market="Bengkel mencari juru las.",
    content=CONTENT,
    programme="g1",
)
REVISED = AlignmentRevised(kejuruan="las", region=BLK, content=LONGER, draft=2)
DROPPED = AlignmentDropped(kejuruan="las", region=BLK, reason="Anggaran dialihkan.")
REGION = Voice(agency=BLK)
CENTRE = Voice(agency=MAKASSAR, fields=("las",))
OTHER_CENTRE = Voice(agency=SEMARANG.agency, fields=("las", "menjahit"))
TAILORS = Voice(agency=MAKASSAR, fields=("menjahit",))
NOBODY = Voice(agency=MINISTRY)
VOICES: dict[str, Voice] = {voice.agency: voice for voice in (REGION, CENTRE, OTHER_CENTRE)}


def agree(agency: str, draft: int = 1) -> AgreeAlignment:
    return AgreeAlignment(voice=VOICES[agency], draft=draft)


def agreed(agency: str, draft: int = 1) -> AlignmentAgreed:
    return AlignmentAgreed(kejuruan="las", agency=agency, draft=draft)


def aligned(*agencies: str, content: ProgrammeContent = CONTENT) -> ProgrammeAligned:
    return ProgrammeAligned(
        kejuruan="las", region=BLK, agencies=agencies, content=content, programme="g1"
    )


class TestDrafting:
    def test_the_region_states_a_need_once(self) -> None:
        given(DECIDER).when(OPEN).then(OPENED)
        given(DECIDER, OPENED).when(OPEN).refused("already-open")

    @pytest.mark.parametrize("voice", [REGION, CENTRE, OTHER_CENTRE])
    def test_region_and_centres_of_the_field_comment(self, voice: Voice) -> None:
        command = CommentAlignment(voice=voice, comment="Tambahkan K3.")
        given(DECIDER, OPENED).when(command, agency=voice.agency).then(
            AlignmentCommented(kejuruan="las", agency=voice.agency, comment="Tambahkan K3.")
        )

    @pytest.mark.parametrize("voice", [TAILORS, NOBODY])
    def test_nobody_else_comments_or_agrees(self, voice: Voice) -> None:
        comment = CommentAlignment(voice=voice, comment="x")
        for command in (comment, AgreeAlignment(voice=voice, draft=1)):
            given(DECIDER, OPENED).when(command, agency=voice.agency).refused(
                "not-concerned", status=403
            )

    def test_the_region_revises(self) -> None:
        revise = ReviseAlignment(content=LONGER)
        given(DECIDER, OPENED).when(revise).then(REVISED)
        given(DECIDER, OPENED, REVISED).when(revise).refused("unchanged")
        given(DECIDER, OPENED).when(revise, agency=MAKASSAR).refused("not-yours", status=403)

    def test_but_not_into_another_field(self) -> None:
        sewing = CONTENT.model_copy(update={"kejuruan": "menjahit"})
        given(DECIDER, OPENED).when(ReviseAlignment(content=sewing)).refused(
            "other-field", "content.kejuruan", 422
        )

    def test_the_region_drops_it(self) -> None:
        drop = DropAlignment(reason="Anggaran dialihkan.")
        given(DECIDER, OPENED).when(drop).then(DROPPED)
        given(DECIDER, OPENED).when(drop, agency=MAKASSAR).refused("not-yours", status=403)


class TestAgreeing:
    @pytest.mark.parametrize(("first", "last"), [(BLK, MAKASSAR), (MAKASSAR, BLK)])
    def test_region_and_one_centre_align_in_the_same_commit(self, first: str, last: str) -> None:
        given(DECIDER, OPENED).when(agree(first), agency=first).then(agreed(first))
        outcome = given(DECIDER, OPENED, agreed(first)).when(agree(last), agency=last)
        outcome.then(agreed(last), aligned(first, last))
        assert outcome.state.status == "aligned"

    def test_two_centres_are_not_enough_and_all_are_named(self) -> None:
        second = given(DECIDER, OPENED, agreed(MAKASSAR)).when(
            agree(SEMARANG.agency), agency=SEMARANG.agency
        )
        second.then(agreed(SEMARANG.agency))
        history = (OPENED, agreed(MAKASSAR), agreed(SEMARANG.agency))
        given(DECIDER, *history).when(agree(BLK)).then(
            agreed(BLK), aligned(MAKASSAR, SEMARANG.agency, BLK)
        )

    def test_a_revision_asks_everybody_anew(self) -> None:
        history = (OPENED, agreed(MAKASSAR), REVISED)
        given(DECIDER, *history).when(agree(BLK, 2)).then(agreed(BLK, 2))
        given(DECIDER, *history).when(agree(BLK, 1)).refused("other-draft", "draft")
        given(DECIDER, *history, agreed(BLK, 2)).when(agree(MAKASSAR, 2), agency=MAKASSAR).then(
            agreed(MAKASSAR, 2), aligned(BLK, MAKASSAR, content=LONGER)
        )

    def test_nobody_agrees_twice(self) -> None:
        given(DECIDER, OPENED, agreed(BLK)).when(agree(BLK)).refused("already-agreed")

    @pytest.mark.parametrize(
        "history", [(OPENED, DROPPED), (OPENED, agreed(MAKASSAR), agreed(BLK), aligned(BLK))]
    )
    @pytest.mark.parametrize(
        "command",
        [
            agree(BLK),
            CommentAlignment(voice=REGION, comment="x"),
            ReviseAlignment(content=LONGER),
            DropAlignment(reason="x"),
        ],
    )
    def test_what_is_closed_stays_so(self, history: tuple[Event, ...], command: Command) -> None:
        given(DECIDER, *history).when(command).refused("alignment-closed")


@pytest.mark.parametrize("command", [agree(BLK), DropAlignment(reason="x")])
def test_nothing_without_a_need(command: Any) -> None:
    given(DECIDER).when(command).refused("not-found", status=404)
