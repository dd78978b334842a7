"""The failures that a person can mend: each says in one line what is wrong and what to do."""

from apps.audit.bundle import BadBundle
from apps.audit.live import CannotCheck
from apps.audit.lookup import NotFound
from apps.composition.client import Failed
from apps.composition.system import Busy
from apps.operations.backup_part import BadBackup
from shared.kernel.extras import MissingExtra
from shared.kernel.ports import Damaged, Unavailable
from shared.kernel.settings import BadSetting
from shared.messaging.log_recovery import Forked
from shared.signing.keys import BadKey
from shared.transparency.signed_notes import BadNote

EXPECTED = (
    BadBackup,
    BadBundle,
    BadKey,
    BadNote,
    BadSetting,
    Busy,
    CannotCheck,
    Damaged,
    Failed,
    Forked,
    MissingExtra,
    NotFound,
    Unavailable,
)
