"""Agreements between a training centre and a partner: proposed, signed or refused, ended."""

from typing import Annotated

from services.partners.application.proposing import proposal_of
from services.partners.domain.agreement import DECIDER as AGREEMENT
from services.partners.domain.agreement import (
    AgreementTerms,
    RefuseAgreement,
    SignAgreement,
    TerminateAgreement,
    agreement_stream,
)
from services.partners.routes.access import SIDES
from shared.events.acts import PROPOSE_AGREEMENT, SIGN_AGREEMENT
from shared.events.described import described
from shared.events.values import Agency
from shared.eventsourcing.decider import Command
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.web.authentication import STAFF
from shared.web.request_context import RequestContext
from shared.web.responses import Nothing
from shared.web.router import Api


class AgreementForm(AgreementTerms, Command):
    """The terms of the agreement; a partner's officer also names the centre."""

    centre: Annotated[
        Agency | None,
        described(
            en="the training centre, where a partner proposes",
            id="BLK, bila mitra yang mengusulkan",
        ),
    ] = None


def routes(api: Api) -> None:
    async def propose(request: RequestContext, body: AgreementForm) -> AnyDispatch:
        command = await proposal_of(request, body, body.centre)
        return Dispatch(agreement_stream(str(request.request_id)), command)

    async def sign(request: RequestContext, body: Nothing) -> AnyDispatch:
        return Dispatch(agreement_stream(request.path["id"]), SignAgreement())

    async def on_agreement(
        request: RequestContext, body: RefuseAgreement | TerminateAgreement
    ) -> AnyDispatch:
        return Dispatch(agreement_stream(request.path["id"]), body)

    one = "/v1/agreements/{id}"
    api.command(
        "POST", "/v1/agreements", AgreementForm, SIDES, propose, "Propose an agreement",
        act=PROPOSE_AGREEMENT,
        description="Propose an agreement between a centre and a partner, which signs it for "
        "one's own side. A partner's officer names the centre; an officer of a centre proposes "
        "for their own.",
        indonesian="Usulkan perjanjian antara BLK dan mitra; dengan ini pihak sendiri sudah "
        "menandatanganinya. Petugas mitra menyebutkan BLK-nya; petugas BLK mengusulkan untuk "
        "BLK-nya sendiri.",
    )  # fmt: skip
    api.command(
        "POST", f"{one}/signature", Nothing, SIDES, sign, "Sign for one's own side",
        act=SIGN_AGREEMENT,
        description="Sign a proposed agreement for the side that did not propose it; it is in "
        "force on its days.",
        indonesian="Tanda tangani usulan perjanjian untuk pihak yang tidak mengusulkannya; "
        "perjanjian berlaku pada masanya.",
    )  # fmt: skip
    api.command(
        "POST", f"{one}/refusal", RefuseAgreement, SIDES, on_agreement, "Do not sign",
        indonesian="Tolak menandatangani usulan perjanjian; usulan itu berakhir.",
    )  # fmt: skip
    api.command(
        "POST", f"{one}/termination", TerminateAgreement, SIDES, on_agreement,
        "End it before its time",
        indonesian="Akhiri perjanjian yang sudah ditandatangani sebelum hari terakhirnya.",
    )  # fmt: skip
    api.states(AGREEMENT, "/v1/agreements", STAFF)
