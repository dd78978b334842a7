"""Agreements between the training centre and a partner."""

from typing import Any

from services.partners.domain.agreement import DECIDER as AGREEMENT
from services.partners.domain.agreement import (
    AgreementTerms,
    ProposeAgreement,
    RefuseAgreement,
    SignAgreement,
    TerminateAgreement,
    agreement_stream,
)
from services.partners.domain.partner import Partner, partner_stream
from services.partners.routes.access import SIDES
from shared.events.acts import PROPOSE_AGREEMENT, SIGN_AGREEMENT, ActRule
from shared.events.values import Agency
from shared.eventsourcing.decider import Command
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.eventsourcing.refusal import Refused
from shared.web.authentication import STAFF, Role
from shared.web.request_context import RequestContext
from shared.web.resources import Resources
from shared.web.responses import Nothing
from shared.web.router import Api


class AgreementForm(AgreementTerms, Command):
    """What is agreed on; a partner's officer also says with which centre."""

    centre: Agency | None = None


def routes(service: Resources, api: Api) -> None:
    async def propose(ask: RequestContext, body: AgreementForm) -> AnyDispatch:
        partner: Partner = await ask.snapshot(partner_stream(body.partner))
        ours = Role.BLK_OFFICER in ask.identity.roles
        centre = ask.identity.agency if ours else body.centre
        if centre is None:
            raise Refused("centre-missing", field="centre", status=422)
        terms = {name: getattr(body, name) for name in AgreementTerms.model_fields}
        command = ProposeAgreement(offering=partner.outline(body.partner), centre=centre, **terms)
        return Dispatch(agreement_stream(str(ask.request_id)), command)

    async def sign(ask: RequestContext, body: Nothing) -> AnyDispatch:
        return Dispatch(agreement_stream(ask.path["id"]), SignAgreement())

    async def on_agreement(ask: RequestContext, body: Command) -> AnyDispatch:
        return Dispatch(agreement_stream(ask.path["id"]), body)

    one = "/v1/agreements/{id}"
    commands: tuple[tuple[str, Any, Any, str, ActRule | None], ...] = (
        ("/v1/agreements", AgreementForm, propose, "Propose an agreement", PROPOSE_AGREEMENT),
        (f"{one}/signature", Nothing, sign, "Sign for one's own side", SIGN_AGREEMENT),
        (f"{one}/refusal", RefuseAgreement, on_agreement, "Do not sign", None),
        (f"{one}/termination", TerminateAgreement, on_agreement, "End it before its time", None),
    )
    for path, body, prepare, summary, act in commands:
        api.command("POST", path, body, SIDES, prepare, summary, act=act)
    api.states(AGREEMENT, "/v1/agreements", STAFF)
