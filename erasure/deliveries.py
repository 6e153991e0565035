"""Removal of people from landing, raw, quarantine and the ledger."""

from collections import Counter
from collections.abc import Callable, Iterable

from deliveries.registry import Registry
from erasure.people import Person
from orchestration.settings import Settings

Progress = Callable[[str, str], None]  # (stage, what it is at)


def purge(settings: Settings, registry: Registry, people: Iterable[Person], progress: Progress) -> Counter[str]:
    """Write tombstones, then remove the people from landing, raw and quarantine; doing it again changes nothing.

    Returns rows removed or emptied per place: `landing`, `raw`, `quarantine`.
    """
    raise NotImplementedError
