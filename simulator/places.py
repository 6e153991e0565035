"""The towns of the invented world. A town lies in one state or country, and its postal codes are its own."""

import itertools

import numpy as np

from simulator import vocabulary as words
from simulator.plan import NONE, Floats, Ints

_STARTS = [
    "Alder",
    "Birch",
    "Cedar",
    "Dun",
    "Elm",
    "Fern",
    "Glen",
    "Hazel",
    "Iron",
    "Juniper",
    "Kings",
    "Lark",
    "Marsh",
    "Oak",
    "Pine",
]
_ENDS = ["ford", "haven", "stead", "wick", "mere", "field", "bridge", "ton", "brook", "gate"]
CITIES = [start + end for end, start in itertools.product(_ENDS, _STARTS)]

# (country, state, how many towns, postal code: {0} the town, {1} the quarter)
_REGIONS = [
    ("US", "NY", 11, "10{0:02d}{1}"), ("US", "CA", 11, "90{0:02d}{1}"), ("US", "TX", 9, "75{0:02d}{1}"),
    ("US", "FL", 9, "32{0:02d}{1}"), ("US", "IL", 8, "60{0:02d}{1}"), ("US", "OH", 8, "43{0:02d}{1}"),
    ("US", "WA", 7, "98{0:02d}{1}"), ("US", "MA", 7, "01{0:02d}{1}"), ("GB", None, 14, "EX{0} {1}AB"),
    ("DE", None, 14, "4{0:02d}1{1}"), ("FR", None, 12, "3{0:02d}0{1}"), ("NO", None, 6, "5{0:02d}{1}"),
    ("ES", None, 9, "2{0:02d}0{1}"), ("IT", None, 9, "0{0:02d}0{1}"), ("CH", None, 5, "3{0:02d}{1}"),
    ("NL", None, 6, "1{0:02d}{1} AB"), ("SE", None, 5, "1{0:02d} 2{1}"),
]  # fmt: skip
QUARTERS = 4
_SIZES = [size for _, _, size, _ in _REGIONS]
_REGION = np.repeat(np.arange(len(_REGIONS)), _SIZES)
COUNTRY = np.array([words.COUNTRIES.index(country) for country, *_ in _REGIONS])[_REGION]
STATE = np.array([words.STATES.index(state) if state else NONE for _, state, *_ in _REGIONS])[_REGION]
POSTAL_CODES = [
    form.format(town + 1, quarter + 1)
    for _, _, size, form in _REGIONS
    for town in range(size)
    for quarter in range(QUARTERS)
]
# The first town of a region is its largest: shares fall with the rank.
_EDGES = np.concatenate([
    number + np.cumsum(1 / np.arange(4, 4 + size)) / np.sum(1 / np.arange(4, 4 + size)) for number, size in enumerate(_SIZES)
])  # fmt: skip


def settle(country: Ints, state: Ints, u: Floats) -> Ints:
    """A town of that country and state for everybody; `u` decides which."""
    region = np.where(country == 0, state, len(words.STATES) - 1 + country)
    return np.searchsorted(_EDGES, region + u * (1 - 1e-9), side="right").astype(np.int64)
