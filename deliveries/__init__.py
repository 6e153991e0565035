"""Landing to raw: each delivery parsed once, every row accounted for, what cannot be used refused with its place and reason."""

from deliveries import profiles
from deliveries.errors import DeliveryRefused, ReceptionFailed, RegistryInvalid
from deliveries.ledger import PARSED, Ledger
from deliveries.quarantine import set_aside
from deliveries.reception import Receipt, Refusal, receive

__all__ = [
    "PARSED",
    "DeliveryRefused",
    "Ledger",
    "Receipt",
    "ReceptionFailed",
    "Refusal",
    "RegistryInvalid",
    "profiles",
    "receive",
    "set_aside",
]
