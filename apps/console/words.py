"""The console's words, in Bahasa Indonesia and English."""

from collections.abc import Mapping

LANGUAGES = ("id", "en")
_Pairs = Mapping[str, tuple[str, str]]

TEXT: _Pairs = {
    "title": (
        "Sinergi: pelatihan kerja Kabupaten Paser",
        "Sinergi: vocational training in Paser",
    ),
    "skip": ("Langsung ke peristiwa", "Skip to the events"),
    "language": ("Bahasa", "Language"),
    "intro": (
        (
            "Sinergi menghubungkan BLK Paser, Kementerian Ketenagakerjaan, dan lima balai pelatihan"
            " (BPVP): setiap instansi mencatat apa yang terjadi, dan instansi lain"
            " menindaklanjutinya. Setiap peristiwa ditandatangani instansinya, sehingga jalan dari"
            " pendaftaran sampai sertifikat dan pekerjaan dapat diperiksa kembali."
        ),
        (
            "Sinergi connects the training centre BLK Paser, the Ministry of Manpower and five"
            " ministry training centres (BPVP): each agency records what happened, and the"
            " others act on it. Every event is signed by its agency, so the way from a"
            " registration to a certificate and work can be checked again."
        ),
    ),
    "embedded": (
        (
            "Mode tersemat (embedded): semua instansi berjalan dalam satu program di komputer ini,"
            " untuk mencoba dan mengembangkan."
        ),
        (
            "Embedded mode: all agencies run in one program on this computer, for trying out and"
            " developing."
        ),
    ),
    "demo_accounts": (
        (
            "Akunnya akun demo: siapa pun dapat masuk sebagai siapa saja tanpa kata sandi. Jangan"
            " memasukkan data orang sungguhan."
        ),
        (
            "The accounts are demo accounts: anyone can sign in as anyone, without a"
            " password. Do not enter data of real people."
        ),
    ),
    "accounts": ("Daftar akun demo", "List of demo accounts"),
    "agencies": ("Instansi", "Agencies"),
    "docs": ("Dokumentasi API", "API documentation"),
    "readiness": ("Kesiapan", "Readiness"),
    "events": ("Peristiwa terbaru", "Latest events"),
    "chain": ("Satu rangkaian peristiwa", "One chain of events"),
    "legend": (
        (
            "Jam WITA, yang terbaru di atas. Peristiwa dengan kode dan warna yang sama berasal dari"
            " satu permintaan; pilih kodenya untuk melihat rangkaiannya."
        ),
        (
            "Central Indonesian Time (WITA), newest first. Events with the same code and"
            " colour come from one request; choose a code to see its chain."
        ),
    ),
    "chain_legend": (
        "Jam WITA. Setiap akibat menjorok di bawah penyebabnya.",
        "Central Indonesian Time (WITA). Each effect is indented below its cause.",
    ),
    "reload": ("Muat ulang", "Reload"),
    "pause": ("Jeda", "Pause"),
    "resume": ("Lanjutkan", "Resume"),
    "all": ("Tampilkan juga tanda terima", "Show receipts too"),
    "facts": ("Sembunyikan tanda terima", "Hide receipts"),
    "back": ("Kembali ke semua peristiwa", "Back to all events"),
    "live": (
        "Tersambung: peristiwa baru muncul sendiri.",
        "Connected: new events appear by themselves.",
    ),
    "lost": ("Sambungan terputus; mencoba lagi.", "The connection is lost; trying again."),
    "paused": ("Dijeda.", "Paused."),
    "unreachable": (
        (
            "Log bersama tidak dapat dihubungi. Yang tampak adalah keadaan terakhir; halaman"
            " ini terus mencoba."
        ),
        (
            "The shared log cannot be reached. What you see is the last known state; this"
            " page keeps trying."
        ),
    ),
    "reading": (
        "Log sedang dibaca dari awal; angka di halaman ini belum lengkap.",
        "The log is being read from its start; the numbers on this page are not complete yet.",
    ),
    "unauthentic": (
        "Catatan di log yang tidak ditandatangani instansi yang berhak, tidak ditampilkan:",
        "Records on the log that the agency in charge did not sign, not shown:",
    ),
    "none": (
        (
            "Belum ada peristiwa. Jalankan “make demo” di terminal lain untuk melihat ketiga"
            " instansi bekerja sama."
        ),
        (
            "Nothing has happened yet. Run “make demo” in another terminal to watch the"
            " three agencies work together."
        ),
    ),
    "no_chain": (
        "Rangkaian ini tidak (lagi) ada di antara peristiwa terbaru.",
        "This chain is not, or no longer, among the latest events.",
    ),
    "because": ("Sebab:", "Cause:"),
    "request": ("permintaan seseorang", "a person's request"),
    "timer": ("tenggat waktu yang tiba", "a deadline that came"),
    "service": ("layanan itu sendiri", "the service itself"),
    "of": ("dari", "of"),
    "total": ("peristiwa, tanda tangannya telah diperiksa", "events, their signatures checked"),
    "machine": ("Untuk program", "For programs"),
}

AGENCIES: _Pairs = {
    "registration": (
        "Balai latihan kerja kabupaten: program, pendaftaran, seleksi, dan pelatihan.",
        "The regency's training centre: programmes, registration, selection and training.",
    ),
    "equipment": (
        "Kementerian: menelaah usulan bantuan peralatan dan mengirim barangnya.",
        "The ministry: reviews proposals for equipment aid and sends the goods.",
    ),
    "partners": (
        "Lima balai kementerian yang meminjamkan peralatan, instruktur, dan kursi.",
        "Five ministry centres that lend equipment, instructors and seats.",
    ),
}

# The kinds of streams that the first page counts, by service.
COUNTED: Mapping[str, tuple[str, ...]] = {
    "registration": (
        "programme",
        "instructor",
        "intake",
        "application",
        "trainee",
        "person",
        "referral",
        "training",
        "certificate",
        "placement",
        "workshop",
    ),
    "equipment": ("proposal", "consignment", "asset"),
    "partners": ("partner", "instructor", "agreement", "support", "alignment"),
}

KINDS: _Pairs = {
    "programme": ("Program pelatihan", "Programmes"),
    "instructor": ("Instruktur", "Instructors"),
    "intake": ("Angkatan", "Intakes"),
    "application": ("Pendaftaran", "Applications"),
    "trainee": ("Peserta pelatihan", "Trainees"),
    "referral": ("Rujukan", "Referrals"),
    "training": ("Pelatihan", "Trainings"),
    "certificate": ("Sertifikat", "Certificates"),
    "placement": ("Pemantauan lulusan", "Graduates followed"),
    "person": ("Data pribadi", "Personal data"),
    "workshop": ("Bengkel", "Workshops"),
    "proposal": ("Usulan bantuan", "Proposals"),
    "consignment": ("Pengiriman", "Consignments"),
    "asset": ("Nomor aset", "Asset numbers"),
    "partner": ("Balai mitra", "Partners"),
    "agreement": ("Perjanjian kerja sama", "Agreements"),
    "support": ("Permintaan dukungan", "Support requests"),
    "alignment": ("Penyelarasan program", "Alignments"),
}

_REGISTRATION: _Pairs = {
    "ProgrammePublished": ("Program pelatihan diumumkan", "Programme published"),
    "ProgrammeRetired": ("Program pelatihan dihentikan", "Programme retired"),
    "InstructorAppointed": ("Instruktur diangkat", "Instructor appointed"),
    "VisitingInstructorAppointed": ("Instruktur tamu diangkat", "Visiting instructor appointed"),
    "CertificateRenewed": ("Sertifikat instruktur diperbarui", "Instructor's certificate renewed"),
    "InstructorBooked": ("Hari instruktur dipesan", "Instructor's days booked"),
    "InstructorReleased": ("Hari instruktur bebas lagi", "Instructor's days free again"),
    "InstructorDischarged": ("Instruktur tidak lagi mengajar", "Instructor discharged"),
    "IntakeDrafted": ("Angkatan direncanakan", "Intake planned"),
    "IntakeOpened": ("Angkatan dibuka", "Intake opened"),
    "RegistrationExtended": ("Masa pendaftaran diperpanjang", "Registration extended"),
    "RegistrationClosed": ("Pendaftaran ditutup", "Registration closed"),
    "ApplicantListed": ("Pendaftar dicatat pada angkatan", "Applicant listed with the intake"),
    "InstructorAssigned": ("Instruktur ditugaskan ke angkatan", "Instructor assigned to an intake"),
    "InstructorUnassigned": ("Penugasan instruktur dibatalkan", "Instructor no longer assigned"),
    "IntakeWorkshopReady": (
        "Angkatan mendengar bengkelnya siap",
        "Intake heard that its workshop is ready",
    ),
    "IntakeWorkshopLost": (
        "Angkatan mendengar bengkelnya kurang",
        "Intake heard that its workshop lacks something",
    ),
    "StartBlocked": ("Pelatihan belum dapat dimulai", "Start blocked, something is missing"),
    "IntakeStarted": ("Pelatihan dimulai", "Training started"),
    "IntakeRescheduled": ("Jadwal angkatan diubah", "Intake rescheduled"),
    "IntakeCancelled": ("Angkatan dibatalkan", "Intake cancelled"),
    "IntakeCompleted": ("Angkatan selesai", "Intake completed"),
    "CandidateEntered": ("Peserta masuk seleksi", "Candidate entered the selection"),
    "CandidateLeft": ("Peserta keluar dari seleksi", "Candidate left the selection"),
    "SelectionMade": ("Hasil seleksi ditetapkan", "Selection made"),
    "IntakeOversubscribed": ("Peminat melebihi kursi", "More candidates than seats"),
    "OffersLapsed": ("Daftar ulang terlewat", "Re-registration missed"),
    "CandidatesPromoted": ("Kursi kosong ditawarkan", "Free seats offered to those next"),
    "SeatGranted": ("Kursi diberikan", "Seat granted"),
    "SeatRefused": ("Kursi tidak tersedia", "No seat to grant"),
    "SeatsLent": ("Kursi dipinjamkan balai lain", "Seats lent by another centre"),
    "ApplicantRegistered": ("Pendaftar baru", "Applicant registered"),
    "ApplicationCorrected": ("Data pendaftaran diperbaiki", "Application corrected"),
    "DocumentAttached": ("Dokumen dilampirkan", "Document attached"),
    "CorrectionRequested": ("Perbaikan data diminta", "Correction requested"),
    "ApplicationDeclined": ("Pendaftaran ditolak", "Application declined"),
    "ApplicationWithdrawn": ("Pendaftaran ditarik", "Application withdrawn"),
    "ApplicationCancelled": (
        "Pendaftaran berakhir, angkatan batal",
        "Application ended, intake cancelled",
    ),
    "ScheduleChanged": ("Pendaftar mendengar jadwal baru", "Applicant heard of the new dates"),
    "ApplicationVerified": ("Berkas pendaftaran lengkap", "Application papers in order"),
    "ApplicantScored": ("Tes dan wawancara dinilai", "Test and interview marked"),
    "SeatOffered": ("Lulus seleksi, kursi ditawarkan", "Selected, seat offered"),
    "ApplicantWaitlisted": ("Masuk daftar tunggu", "Applicant on the waiting list"),
    "ApplicantPromoted": ("Naik dari daftar tunggu", "Applicant promoted from the waiting list"),
    "SeatClaimed": ("Daftar ulang", "Seat claimed"),
    "SeatConfirmed": ("Kursi dipastikan", "Seat confirmed"),
    "SeatLost": ("Kursi tidak didapat", "Seat lost"),
    "ReferralAsked": ("Pendaftar ditanya tentang rujukan", "Applicant asked about a referral"),
    "ReferralAnswered": (
        "Pendaftar menjawab tentang rujukan",
        "Applicant answered about a referral",
    ),
    "ApplicantReferred": (
        "Pendaftar dirujuk ke balai lain",
        "Applicant referred to another centre",
    ),
    "TrainingFinished": ("Pelatihan pendaftar selesai", "Applicant's training finished"),
    "ApplicantCertified": ("Pendaftar memegang sertifikat", "Applicant holds a certificate"),
    "ReferralOpened": ("Rujukan dibuka", "Referral opened"),
    "WillingnessNoted": ("Kesediaan dicatat", "Willingness noted"),
    "ReferralMade": ("Kursi pinjaman dibagikan", "Lent seats given out"),
    "TrainingReserved": (
        "Orang terdaftar dalam satu pelatihan",
        "Person reserved for one training",
    ),
    "TrainingRefused": ("Orang sudah ikut pelatihan lain", "Person is in another training already"),
    "TrainingReleased": ("Orang bebas dari pelatihan", "Person free of the training"),
    "TrainingBegun": ("Daftar hadir dibuka", "Register opened"),
    "AttendanceRecorded": ("Kehadiran dicatat", "Attendance recorded"),
    "AttendanceCorrected": ("Kehadiran diperbaiki", "Attendance corrected"),
    "ParticipantLeft": ("Peserta meninggalkan pelatihan", "Participant left the training"),
    "AssessmentRecommended": ("Asesor memberi rekomendasi", "Assessor recommended"),
    "ParticipantAssessed": ("Hasil peserta ditetapkan", "Participant assessed"),
    "TrainingCompleted": ("Pelatihan tuntas", "Training completed"),
    "CertificateIssued": ("Sertifikat pelatihan diterbitkan", "Training certificate issued"),
    "CompetencyCertified": ("Sertifikat kompetensi dicatat", "Competency certificate recorded"),
    "CertificateRevoked": ("Sertifikat pelatihan dicabut", "Training certificate revoked"),
    "FollowUpOpened": ("Pemantauan lulusan dimulai", "Graduate's follow-up opened"),
    "FollowUpDue": ("Saatnya menanyai lulusan", "Time to ask the graduate"),
    "GraduatePlaced": ("Kegiatan lulusan dicatat", "Graduate's outcome recorded"),
    "WorkshopEquipped": ("Peralatan masuk bengkel", "Equipment placed in the workshop"),
    "IntakeAwaited": ("Angkatan menunggu peralatan bengkel", "Intake waits for workshop equipment"),
    "IntakeServed": ("Angkatan tidak lagi memakai bengkel", "Intake no longer needs the workshop"),
    "WorkshopReady": ("Bengkel siap", "Workshop ready"),
    "WorkshopUnready": ("Bengkel kekurangan peralatan", "Workshop lacks equipment again"),
    "EquipmentBroken": ("Peralatan bengkel rusak", "Workshop equipment broken"),
    "EquipmentRepaired": ("Peralatan bengkel diperbaiki", "Workshop equipment repaired"),
    "EquipmentWithdrawn": ("Peralatan keluar dari bengkel", "Equipment left the workshop"),
    "PersonFileOpened": ("Berkas seseorang dibuka", "Person's file opened"),
    "IdentityCorrected": ("Nama, telepon, atau alamat diperbaiki", "Identity corrected"),
    "PersonalDataRead": ("Data pribadi dibaca", "Personal data read"),
    "PersonalDataErased": ("Data pribadi dihapus", "Personal data erased"),
    "ApplicantErased": ("Data pendaftar dihapus", "Applicant erased"),
    "InstructorErased": ("Data instruktur dihapus", "Instructor erased"),
    "FollowUpEnded": ("Pemantauan lulusan dihentikan", "Graduate's follow-up ended"),
}

_EQUIPMENT: _Pairs = {
    "ProposalDrafted": ("Usulan bantuan disusun", "Proposal drafted"),
    "ProposalSubmitted": ("Usulan bantuan peralatan diajukan", "Equipment proposal submitted"),
    "ReviewStarted": ("Penelaahan usulan dimulai", "Review started"),
    "ChecklistRecorded": ("Daftar periksa usulan diisi", "Review checklist recorded"),
    "RevisionRequested": ("Perbaikan usulan diminta", "Revision requested"),
    "ProposalRevised": ("Usulan diperbaiki", "Proposal revised"),
    "ProposalAllocated": ("Hibah dialokasikan", "Grant set aside"),
    "ProposalWithdrawn": ("Usulan ditarik", "Proposal withdrawn"),
    "ReviewDueSoon": ("Tenggat penelaahan sudah dekat", "Review due soon"),
    "ProposalApproved": ("Usulan disetujui", "Proposal approved"),
    "ProposalRejected": ("Usulan ditolak", "Proposal rejected"),
    "ReviewOverdue": ("Penelaahan melewati tenggat", "Review overdue"),
    "EquipmentAllocated": ("Peralatan dialokasikan", "Equipment allocated"),
    "EquipmentShipped": ("Peralatan dikirim", "Equipment shipped"),
    "EquipmentDelivered": ("Peralatan tiba", "Equipment delivered"),
    "HandoverSigned": ("Berita acara serah terima ditandatangani", "Hand-over signed"),
    "EquipmentReturned": ("Peralatan rusak dikembalikan", "Damaged equipment returned"),
    "AssetAttached": ("Unit mendapat nomor aset", "Unit has its asset number"),
    "AssetRejected": ("Nomor aset tidak cocok", "Asset number does not fit"),
    "AssetRegistered": ("Nomor aset didaftarkan", "Asset number registered"),
    "AssetReleased": ("Nomor aset bebas lagi", "Asset number free again"),
    "EquipmentCommissioned": ("Peralatan siap dipakai", "Equipment commissioned"),
}

_PARTNERS: _Pairs = {
    "PartnerRegistered": ("Balai bergabung dalam jejaring", "Partner joined the network"),
    "PartnerUpdated": ("Data balai diperbarui", "Partner updated"),
    "SpareEquipmentListed": ("Peralatan pinjaman didaftar", "Spare equipment listed"),
    "InstructorListed": ("Instruktur balai didaftar", "Partner's instructor listed"),
    "VisitBooked": ("Kunjungan instruktur dipesan", "Instructor's visit booked"),
    "VisitRefused": ("Instruktur sudah bertugas di tempat lain", "Instructor is elsewhere"),
    "AgreementProposed": ("Perjanjian kerja sama diusulkan", "Agreement proposed"),
    "AgreementSigned": ("Perjanjian kerja sama ditandatangani", "Agreement signed"),
    "AgreementEnded": ("Perjanjian kerja sama berakhir", "Agreement ended"),
    "SupportRequested": ("Dukungan diminta", "Support requested"),
    "SupportOffered": ("Dukungan ditawarkan", "Support offered"),
    "OfferAccepted": ("Tawaran diterima", "Offer accepted"),
    "OfferDeclined": ("Tawaran tidak diambil", "Offer declined"),
    "OfferWithdrawn": ("Tawaran ditarik", "Offer withdrawn"),
    "OfferSecured": ("Tawaran dipastikan", "Offer secured"),
    "OfferFailed": ("Tawaran tidak dapat dipenuhi", "Offer failed"),
    "SupportFulfilled": ("Dukungan terpenuhi", "Support fulfilled"),
    "SupportWithdrawn": ("Permintaan dukungan ditarik", "Support request withdrawn"),
    "SupportExpired": ("Waktu penawaran habis", "Support request expired"),
    "AlignmentOpened": ("Kebutuhan pelatihan diajukan", "Training need put forward"),
    "AlignmentCommented": ("Rancangan program ditanggapi", "Draft programme commented"),
    "AlignmentRevised": ("Rancangan program diubah", "Draft programme revised"),
    "AlignmentAgreed": ("Rancangan program disetujui", "Draft programme agreed to"),
    "ProgrammeAligned": (
        "Program disepakati daerah dan balai",
        "Programme agreed by region and centre",
    ),
    "AlignmentDropped": ("Penyelarasan program dihentikan", "Alignment dropped"),
}

_DELIVERY: _Pairs = {
    "ReactionsActivated": ("Tindak lanjut mulai berlaku", "Reactions activated"),
    "EventsAcknowledged": ("Tanda terima antarinstansi", "Receipt between agencies"),
    "KeyAuthorised": ("Kunci tanda tangan diakui", "Signing key authorised"),
    "KeyRetired": ("Kunci tanda tangan diganti", "Signing key retired"),
    "KeyRevoked": ("Kunci tanda tangan dicabut", "Signing key revoked"),
    "RecordParked": ("Catatan ditahan untuk diperiksa", "Record parked"),
    "RecordRedriven": ("Catatan dicoba lagi", "Record tried again"),
    "RecordDiscarded": ("Catatan dilewati", "Record discarded"),
}

EVENTS: _Pairs = {**_REGISTRATION, **_EQUIPMENT, **_PARTNERS, **_DELIVERY}

MONTHS = {
    "id": ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"],
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
}


def speak(pairs: _Pairs, language: str) -> dict[str, str]:
    """One language of a dictionary."""
    index = LANGUAGES.index(language)
    return {name: pair[index] for name, pair in pairs.items()}
