"""Agreements between the training centre and a partner."""

from typing import Any

from services.partners.domain.agreement import (
    AgreementTerms,
    ProposeAgreement,
    RefuseAgreement,
    SignAgreement,
    TerminateAgreement,
)
from services.partners.domain.partner import Partner
from services.partners.routes.access import SIDES
from shared.events.acts import PROPOSE_AGREEMENT, SIGN_AGREEMENT, ActRule
from shared.events.values import Agency
from shared.eventsourcing.decider import Command
from shared.eventsourcing.policies import Do
from shared.eventsourcing.refusal import Refused
from shared.runtime.service import Service
from shared.web.authentication import STAFF, Role
from shared.web.request_context import Ask
from shared.web.responses import Nothing
from shared.web.router import Api


class AgreementForm(AgreementTerms, Command):
    """What is agreed on; a partner's officer also says with which centre."""

    centre: Agency | None = None


def routes(service: Service, api: Api) -> None:
    async def propose(ask: Ask, body: AgreementForm) -> Do:
        partner: Partner = await ask.snapshot(f"partner/{body.partner}")
        ours = Role.BLK_OFFICER in ask.identity.roles
        centre = ask.identity.agency if ours else body.centre
        if centre is None:
            raise Refused("centre-missing", field="centre", status=422)
        terms = {name: getattr(body, name) for name in AgreementTerms.model_fields}
        command = ProposeAgreement(offering=partner.outline(body.partner), centre=centre, **terms)
        return Do(f"agreement/{ask.request_id}", command)

    async def sign(ask: Ask, body: Nothing) -> Do:
        return Do(f"agreement/{ask.path['id']}", SignAgreement())

    async def on_agreement(ask: Ask, body: Command) -> Do:
        return Do(f"agreement/{ask.path['id']}", body)

    one = "/v1/agreements/{id}"
    commands: tuple[tuple[str, Any, Any, str, ActRule | None], ...] = (
        ("/v1/agreements", AgreementForm, propose, "Propose an agreement", PROPOSE_AGREEMENT),
        (f"{one}/signature", Nothing, sign, "Sign for one's own side", SIGN_AGREEMENT),
        (f"{one}/refusal", RefuseAgreement, on_agreement, "Do not sign", None),
        (f"{one}/termination", TerminateAgreement, on_agreement, "End it before its time", None),
    )
    for path, body, prepare, summary, act in commands:
        api.command("POST", path, body, SIDES, prepare, summary, act=act)
    api.states("agreement", "/v1/agreements", STAFF)
