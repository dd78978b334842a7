"""Answer that shows a training: its class, its register of attendance, its assessments."""

from collections.abc import Mapping
from typing import Annotated

from services.registration.domain.training import Assessment, Recommendation, Session, Training
from shared.events.base import Count, Id, Positive, Text
from shared.events.described import described
from shared.events.values import Kejuruan, Percent
from shared.web.state_views import StateView


class TrainingView(StateView[Training]):
    """A training as it stands."""

    begun: Annotated[
        bool, described(en="whether it has begun", id="apakah sudah dimulai", example=True)
    ]
    programme: Annotated[Id, described(en="the programme", id="program pelatihannya")]
    title: Annotated[Text, described(en="the programme's name", id="nama program pelatihan")]
    skkni: Annotated[
        Text,
        described(
            en="the national standard of competency (SKKNI) that it teaches",
            id="SKKNI yang diajarkan",
            example="SKKNI 98-2018",
        ),
    ]
    kejuruan: Kejuruan
    hours: Annotated[
        Positive,
        described(
            en="its length in training hours (JP)", id="lama pelatihan dalam JP", unit="JP",
            example=240,
        ),
    ]  # fmt: skip
    min_attendance: Annotated[
        Percent,
        described(
            en="the share of hours to be attended", id="kehadiran paling sedikit, dari jumlah jam"
        ),
    ]
    participants: Annotated[
        tuple[Id, ...],
        described(en="the participants' applications", id="pendaftaran para peserta"),
    ]
    sessions: Annotated[
        tuple[Session, ...],
        described(
            en="the register of attendance, session by session", id="daftar hadir, sesi demi sesi"
        ),
    ]
    recommended: Annotated[
        Mapping[str, Recommendation],
        described(
            en="the assessor's recommendations, by the participant's application",
            id="rekomendasi asesor, menurut pendaftaran peserta",
            example={
                "0197a3c2-5b1e-7d43-9f6a-2c8e4b7d1f05": {
                    "competent": True,
                    "assessor": "5f0c1a9e7b3d48261f0a",
                }
            },
        ),
    ]
    assessed: Annotated[
        Mapping[str, Assessment],
        described(
            en="the decisions, by the participant's application",
            id="keputusan, menurut pendaftaran peserta",
            example={"0197a3c2-5b1e-7d43-9f6a-2c8e4b7d1f05": {"passed": True, "attendance": 92}},
        ),
    ]
    completed: Annotated[
        bool, described(en="whether it is over", id="apakah sudah selesai", example=False)
    ]
    taught: Annotated[
        Count,
        described(
            en="how many hours were taught so far", id="jam yang sudah diajarkan", unit="JP",
            example=96,
        ),
    ]  # fmt: skip
    attendance: Annotated[
        Mapping[str, Percent],
        described(
            en="the share of the hours taught that each participant attended, by application",
            id="bagian jam yang dihadiri tiap peserta, menurut pendaftaran",
            example={"0197a3c2-5b1e-7d43-9f6a-2c8e4b7d1f05": 92},
        ),
    ]

    @classmethod
    def computed(cls, state: Training) -> Mapping[str, object]:
        return {
            "taught": state.taught(),
            "attendance": {name: state.attendance(name) for name in state.participants},
        }
