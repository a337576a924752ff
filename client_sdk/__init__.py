"""
The tablet: an encrypted store, an exchange, and one facade for the app.

    from client_sdk import Tablet
"""

from .account import Conflict, Event, History, Returned, Waiting
from .assessing import CaseEdit
from .client import Tablet
from .clock import KdfCost, Providers
from .custody import Custody
from .drafts import Draft
from .edit import Edit
from .errors import (
    ClientError,
    InUse,
    LeaseExpired,
    Locked,
    NoDeviceSecret,
    NoSpace,
    Offline,
    RecoveryNeeded,
    Refused,
    Revoked,
    Tampered,
    TooSoon,
    WeakSecret,
    Wiped,
    WrongSecret,
)
from .exchange import Progress
from .items import Handle, Item
from .query import Records
from .replica import Notice
from .settings import Identity, TabletSettings
from .status import Status
from .transport import HttpTransport, Transport
from .vault import DeviceSecrets, FileSecrets, KeyringSecrets
from .watch import Changed

__all__ = [
    "CaseEdit",
    "Changed",
    "ClientError",
    "Conflict",
    "Custody",
    "DeviceSecrets",
    "Draft",
    "Edit",
    "Event",
    "FileSecrets",
    "Handle",
    "History",
    "HttpTransport",
    "Identity",
    "InUse",
    "Item",
    "KdfCost",
    "KeyringSecrets",
    "LeaseExpired",
    "Locked",
    "NoDeviceSecret",
    "NoSpace",
    "Notice",
    "Offline",
    "Progress",
    "Providers",
    "Records",
    "RecoveryNeeded",
    "Refused",
    "Returned",
    "Revoked",
    "Status",
    "Tablet",
    "TabletSettings",
    "Tampered",
    "TooSoon",
    "Transport",
    "Waiting",
    "WeakSecret",
    "Wiped",
    "WrongSecret",
]
