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
            " pendaftaran sampai bengkel siap dipakai dapat diperiksa kembali."
        ),
        (
            "Sinergi connects the training centre BLK Paser, the Ministry of Manpower and five"
            " ministry training centres (BPVP): each agency records what happened, and the"
            " others act on it. Every event is signed by its agency, so the way from a"
            " registration to a working workshop can be checked again."
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

KINDS: _Pairs = {
    "programme": ("Program pelatihan", "Programmes"),
    "instructor": ("Instruktur", "Instructors"),
    "intake": ("Angkatan", "Intakes"),
    "application": ("Pendaftaran", "Applications"),
    "workshop": ("Bengkel", "Workshops"),
    "proposal": ("Usulan bantuan", "Proposals"),
    "consignment": ("Pengiriman", "Consignments"),
    "partner": ("Balai mitra", "Partners"),
    "support": ("Permintaan dukungan", "Support requests"),
}

EVENTS: _Pairs = {
    "ProgrammePublished": ("Program pelatihan diumumkan", "Programme published"),
    "InstructorAppointed": ("Instruktur diangkat", "Instructor appointed"),
    "IntakeOpened": ("Angkatan dibuka", "Intake opened"),
    "InstructorAssigned": ("Instruktur ditugaskan ke angkatan", "Instructor assigned to an intake"),
    "CandidateEntered": ("Peserta masuk seleksi", "Candidate entered the selection"),
    "SelectionMade": ("Hasil seleksi ditetapkan", "Selection made"),
    "IntakeOversubscribed": ("Peminat melebihi kursi", "More candidates than seats"),
    "SeatGranted": ("Kursi diberikan", "Seat granted"),
    "SeatRefused": ("Kursi tidak tersedia", "No seat to grant"),
    "StartBlocked": ("Pelatihan belum dapat dimulai", "Start blocked, something is missing"),
    "IntakeWorkshopReady": (
        "Angkatan mendengar bengkelnya siap",
        "Intake heard that its workshop is ready",
    ),
    "IntakeStarted": ("Pelatihan dimulai", "Training started"),
    "ApplicantRegistered": ("Pendaftar baru", "Applicant registered"),
    "ApplicationDeclined": ("Pendaftaran ditolak", "Application declined"),
    "ApplicationVerified": ("Berkas pendaftaran lengkap", "Application papers in order"),
    "ApplicantScored": ("Tes dan wawancara dinilai", "Test and interview marked"),
    "SeatOffered": ("Lulus seleksi, kursi ditawarkan", "Selected, seat offered"),
    "ApplicantWaitlisted": ("Masuk daftar tunggu", "Applicant on the waiting list"),
    "ApplicantPromoted": ("Naik dari daftar tunggu", "Applicant promoted from the waiting list"),
    "SeatClaimed": ("Daftar ulang", "Seat claimed"),
    "SeatConfirmed": ("Kursi dipastikan", "Seat confirmed"),
    "SeatLost": ("Kursi tidak didapat", "Seat lost"),
    "WorkshopEquipped": ("Peralatan masuk bengkel", "Equipment placed in the workshop"),
    "IntakeAwaited": ("Angkatan menunggu peralatan bengkel", "Intake waits for workshop equipment"),
    "WorkshopReady": ("Bengkel siap", "Workshop ready"),
    "ProposalSubmitted": ("Usulan bantuan peralatan diajukan", "Equipment proposal submitted"),
    "ReviewStarted": ("Penelaahan usulan dimulai", "Review started"),
    "ProposalApproved": ("Usulan disetujui", "Proposal approved"),
    "ProposalRejected": ("Usulan ditolak", "Proposal rejected"),
    "ReviewOverdue": ("Penelaahan melewati tenggat", "Review overdue"),
    "EquipmentAllocated": ("Peralatan dialokasikan", "Equipment allocated"),
    "EquipmentShipped": ("Peralatan dikirim", "Equipment shipped"),
    "EquipmentDelivered": ("Peralatan tiba", "Equipment delivered"),
    "HandoverSigned": ("Berita acara serah terima ditandatangani", "Hand-over signed"),
    "EquipmentCommissioned": ("Peralatan siap dipakai", "Equipment commissioned"),
    "PartnerRegistered": ("Balai bergabung dalam jejaring", "Partner joined the network"),
    "SupportRequested": ("Dukungan diminta", "Support requested"),
    "SupportOffered": ("Dukungan ditawarkan", "Support offered"),
    "OfferAccepted": ("Tawaran diterima", "Offer accepted"),
    "OfferDeclined": ("Tawaran tidak diambil", "Offer declined"),
    "SupportFulfilled": ("Dukungan terpenuhi", "Support fulfilled"),
    "SupportExpired": ("Waktu penawaran habis", "Support request expired"),
    "ReactionsActivated": ("Tindak lanjut mulai berlaku", "Reactions activated"),
    "EventsAcknowledged": ("Tanda terima antarinstansi", "Receipt between agencies"),
    "RecordParked": ("Catatan ditahan untuk diperiksa", "Record parked"),
    "RecordRedriven": ("Catatan dicoba lagi", "Record tried again"),
    "RecordDiscarded": ("Catatan dilewati", "Record discarded"),
}

MONTHS = {
    "id": ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"],
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
}


def speak(pairs: _Pairs, language: str) -> dict[str, str]:
    """One language of a dictionary."""
    index = LANGUAGES.index(language)
    return {name: pair[index] for name, pair in pairs.items()}
