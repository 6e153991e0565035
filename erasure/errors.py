"""Why an erasure or an export cannot go on. No message here ever holds an id or another value of a person."""


class RequestsUnreadable(Exception):
    """The file of requests is no CSV in the shape of `privacy/erasure_requests`; the message gives the line."""


class PersonAmbiguous(Exception):
    """A request's id is shared by several people; the message names the request, not the id."""


class PersonUnknown(Exception):
    """A request's id leads to nobody whom the warehouse knows."""
