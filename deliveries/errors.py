"""Why a delivery, or the whole reception, cannot go on. No message here ever holds a cell's value (contract section 7)."""


class DeliveryRefused(Exception):
    """One delivery cannot be used as a whole; the message gives place and reason. Other deliveries go on."""


class NameUnreadable(DeliveryRefused):
    """The file's name does not say when its extract was made, or says two things at once."""


class EncodingUnknown(DeliveryRefused):
    """The bytes are not text in the declared encoding; the message gives the offset of the first bad byte."""


class Truncated(DeliveryRefused):
    """The file ends before its content does (ruling 7)."""


class NotParsable(DeliveryRefused):
    """The content is not what the registry says that it is."""


class ColumnsMissing(DeliveryRefused):
    """Required columns are absent; the message names them."""


class RegistryInvalid(Exception):
    """A registry file or the operator's `feeds.yml` contradicts itself; the message names the setting."""


class ReceptionFailed(Exception):
    """The machine failed (disk, memory), not a delivery. Nothing is lost: the next run goes on."""
