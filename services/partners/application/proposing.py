"""Proposing: an agreement is proposed by the centre or by the partner."""

from services.partners.domain.agreement import AgreementTerms, ProposeAgreement
from services.partners.domain.partner import partner_stream
from shared.eventsourcing.refusal import Refused
from shared.web.authentication import Role
from shared.web.request_context import RequestContext


async def proposal_of(
    request: RequestContext, terms: AgreementTerms, centre: str | None
) -> ProposeAgreement:
    """Return the command that proposes these terms; `centre` is the one that a partner names.

    An officer of a centre proposes for their own. Raises Refused for a partner that there is not,
    and when a partner's officer names no centre.
    """
    partner = await request.snapshot(partner_stream(terms.partner))
    if Role.BLK_OFFICER in request.identity.roles:
        centre = request.identity.agency
    if centre is None:
        raise Refused("centre-missing", field="centre", status=422)
    return ProposeAgreement(
        offering=partner.outline(terms.partner),
        centre=centre,
        partner=terms.partner,
        kinds=terms.kinds,
        fields=terms.fields,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        number=terms.number,
    )
