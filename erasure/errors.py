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


class ErasureIncomplete(Exception):
    """Something that names an erased person is left; the message lists files and counts, and never what was found."""

    def __init__(self, places: list[str]) -> None:
        shown = "".join(f"  {place}\n" for place in places[:20])
        more = f"  and {len(places) - 20} more files\n" if len(places) > 20 else ""
        super().__init__(
            "The erasure is not complete: strings of erased people stand in these files (file: how many).\n"
            f"{shown}{more}Remove them there, or run again where Rapport wrote the file; the order stays open until then."
        )


class FolderNotEmpty(Exception):
    """An export goes into a folder of its own."""
