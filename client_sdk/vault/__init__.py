"""
The vault: keys, the ways to open it, and sealing. It keeps no client data.
"""

from .aead import AES_256_GCM, CHACHA20_POLY1305, Aead
from .device_secret import DeviceSecretInFile, DeviceSecrets, FileSecrets, KeyringSecrets
from .envelope import Envelope, Session, open_envelope
from .file import exists
from .hpke import open_with, seal_to
from .keys import Keys, Use
from .slots import open_recovery
from .strength import check_strength, kind_of
from .vault import IDLE_S, Vault, destroy

__all__ = [
    "AES_256_GCM",
    "CHACHA20_POLY1305",
    "IDLE_S",
    "Aead",
    "DeviceSecretInFile",
    "DeviceSecrets",
    "Envelope",
    "FileSecrets",
    "KeyringSecrets",
    "Keys",
    "Session",
    "Use",
    "Vault",
    "check_strength",
    "destroy",
    "exists",
    "kind_of",
    "open_envelope",
    "open_recovery",
    "open_with",
    "seal_to",
]
