"""
Sealing at rest: a key per subject, wrapped by the agency's, wrapped by a master key from outside.

`Sealer` is what the rest of the server uses; `KeyStore` keeps the wrapped keys, apart from the database;
`MasterKey` is the hook for a key management service.
"""

from .keystore import KeyStore
from .master import LocalMaster, MasterKey, create_master_file, master_of
from .names import name_tokens, query_tokens
from .sealer import Item, Sealed, Sealer

__all__ = [
    "Item",
    "KeyStore",
    "LocalMaster",
    "MasterKey",
    "Sealed",
    "Sealer",
    "create_master_file",
    "master_of",
    "name_tokens",
    "query_tokens",
]
