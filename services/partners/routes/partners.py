"""Partners: the members of the network, the equipment they can lend, and their instructors."""

import re
from typing import Annotated

from services.partners.agency import NETWORK
from services.partners.application.listing import listing_of
from services.partners.domain.instructor import DECIDER as INSTRUCTOR
from services.partners.domain.instructor import instructor_stream
from services.partners.domain.partner import DECIDER as PARTNER
from services.partners.domain.partner import (
    ListSpareEquipment,
    RegisterPartner,
    UpdatePartner,
    partner_stream,
)
from services.partners.routes.access import MEMBERS
from shared.events.described import described
from shared.events.partners.values import Competency, Methodology
from shared.events.values import Fields
from shared.eventsourcing.decider import Command
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.eventsourcing.refusal import Refused
from shared.web.authentication import STAFF
from shared.web.request_context import RequestContext
from shared.web.router import Api

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class InstructorListing(Command):
    """The fields and certificates of an instructor; the id is `<partner>.<number>`."""

    fields: Annotated[
        Fields,
        described(en="the fields that they teach", id="kejuruan yang diajarkan", example=["las"]),
    ]
    methodology: Methodology
    competency: Competency


def routes(api: Api) -> None:
    async def register(request: RequestContext, body: RegisterPartner) -> AnyDispatch:
        # Offers and instructors name the partner by this id.
        if not _CODE.fullmatch(request.path["id"]):
            raise Refused("partner-code", status=422)
        return Dispatch(partner_stream(request.path["id"]), body)

    async def on_partner(
        request: RequestContext, body: UpdatePartner | ListSpareEquipment
    ) -> AnyDispatch:
        return Dispatch(partner_stream(request.path["id"]), body)

    async def list_instructor(request: RequestContext, body: InstructorListing) -> AnyDispatch:
        id_ = request.path["id"]
        command = await listing_of(
            request,
            id_,
            fields=body.fields,
            methodology=body.methodology,
            competency=body.competency,
        )
        return Dispatch(instructor_stream(id_), command)

    one = "/v1/partners/{id}"
    api.command(
        "POST", one, RegisterPartner, MEMBERS, register, "Register a partner", agency=NETWORK,
        indonesian="Daftarkan balai dengan kejuruan yang dapat dibantunya; petugasnya bertindak "
        "untuk `agency`. `capacity` adalah jumlah peserta yang dapat diinapkan dan dilatih "
        "sekaligus.",
    )  # fmt: skip
    api.command(
        "POST", f"{one}/update", UpdatePartner, MEMBERS, on_partner, "Update a partner",
        indonesian="Ubah kejuruan yang dapat dibantu balai dan daya tampungnya.",
    )  # fmt: skip
    api.command(
        "POST", f"{one}/spare-equipment", ListSpareEquipment, MEMBERS, on_partner,
        "List what could be lent",
        indonesian="Daftarkan peralatan yang kini dapat dipinjamkan balai; daftar ini "
        "menggantikan daftar sebelumnya.",
    )  # fmt: skip
    api.command(
        "POST", "/v1/instructors/{id}", InstructorListing, MEMBERS, list_instructor,
        "List an instructor of one's own",
        description="List an instructor whom other centres may ask for, by fields and "
        "certificates; the id is `<partner>.<number>`. A later listing replaces this.",
        indonesian="Daftarkan instruktur yang dapat diminta BLK lain, dengan kejuruan dan "
        "sertifikatnya; id-nya `<mitra>.<nomor>`. Pendaftaran berikutnya menggantikan yang ini.",
    )  # fmt: skip
    api.states(PARTNER, "/v1/partners", STAFF)
    api.states(INSTRUCTOR, "/v1/instructors", STAFF)
