"""Why an erasure or an export cannot go on. No message here ever holds an id or another value of a person."""

from collections.abc import Sequence


class RequestsUnreadable(Exception):
    """The file of requests is no CSV in the shape of `privacy/erasure_requests`; the message gives the line."""


class PersonAmbiguous(Exception):
    """Ids of some requests are shared by several people; the message names the requests, not the ids."""

    def __init__(self, requests: Sequence[str]) -> None:
        super().__init__(
            f"{', '.join(requests)}: the id is shared by several people, so it does not say who is meant."
            " Ask again with an id that is the person's own (account, NPI, licence)."
        )
        self.requests = tuple(requests)


class PersonUnknown(Exception):
    """A request's id leads to nobody of whom anything is held."""
