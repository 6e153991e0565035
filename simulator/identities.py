"""Who people are on paper, and how records depart from it: relatives, names that change, moves, short forms, slips of the pen.

Which feed is written how carefully stands in `Care`; how often a thing happens at all stands in `Rates`.
"""

from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from simulator import places, text
from simulator import vocabulary as words
from simulator.plan import DAY, NONE, Bools, Floats, Ints, Plan, Rates

SLIPS = 3  # ways in which a name is misspelled
DRAWS = 8  # chances that one record takes
_FIRST_NICKNAME = np.cumsum([0, *words.NICKNAME_COUNTS[:-1]])


@dataclass(frozen=True)
class Care:
    """How a feed's records are written: shares of records."""

    nickname: float  # of those whose name has a short form
    slip: float  # of each given name, family name and town
    keeps_name: float  # after the family name changed
    keeps_place: float  # after a move


def by_hand(rates: Rates) -> Care:
    """Forms that people fill in themselves."""
    return Care(rates.nickname, rates.typo, rates.keeps_name / 2, rates.keeps_place / 2)


def by_desk(rates: Rates) -> Care:
    """The CRM: its own changes say until when it kept an old name or town."""
    return Care(rates.nickname / 6, rates.typo / 3, 0, 0)


def by_register(rates: Rates) -> Care:
    """Lists made from papers, late to learn of a change."""
    return Care(0, rates.typo / 10, rates.keeps_name, rates.keeps_place)


@dataclass
class Papers:
    """One entry per person, in every array. Codes index the lists of `vocabulary` and `places`."""

    given: Ints
    nickname: Ints
    middle: Ints
    family: Ints
    former: Ints  # the family name before `renamed_at`
    renamed_at: Ints
    suffix: Ints
    city: Ints
    quarter: Ints
    next_city: Ints  # where they live from `moved_at` on
    moved_at: Ints
    private: Bools  # signs up with the personal address
    plants: dict[str, list[Ints]] = field(default_factory=dict)

    @property
    def is_female(self) -> Bools:
        """By the given name."""
        return np.asarray(self.given < words.FEMALE, bool)

    def plant(self, name: str, who: Ints) -> None:
        """Remembers on whom something was planted."""
        self.plants.setdefault(name, []).append(who.astype(np.int64))

    def planted(self, *names: str) -> Ints:
        """Everybody on whom one of these was planted."""
        return np.unique(
            np.concatenate([np.zeros(0, np.int64), *(p for name in names for p in self.plants.get(name, []))])
        )


@dataclass
class Lines:
    """Names and places as records hold them; one entry per record."""

    given_code: Ints
    family_code: Ints
    other_code: Ints
    city_code: Ints
    city: Ints
    quarter: Ints
    middle_code: Ints
    has_full_middle: Bools
    suffix_code: Ints

    def take(self, rows: Ints) -> "Lines":
        """The lines of some records."""
        return Lines(**{name: column[rows] for name, column in vars(self).items()})

    @property
    def given(self) -> text.Column:
        """First names."""
        return text.pick(_given_spellings(), self.given_code)

    @property
    def family(self) -> text.Column:
        """Last names."""
        return text.pick(_family_spellings(), self.family_code)

    @property
    def other_family(self) -> text.Column:
        """The last name that the person bore before, or bears elsewhere."""
        return text.pick(words.FAMILY_NAMES, self.other_code)

    @property
    def middle(self) -> text.Column:
        """A middle name, its initial, or nothing."""
        return text.pick(_middles(), np.where(self.middle_code < 0, NONE, self.middle_code * 2 + self.has_full_middle))

    @property
    def suffix(self) -> text.Column:
        """Sr or Jr."""
        return text.pick(words.SUFFIXES, self.suffix_code)

    @property
    def town(self) -> text.Column:
        """The town, as spelled."""
        return text.pick(_city_spellings(), self.city_code)

    @property
    def state(self) -> text.Column:
        """The town's state, in the US."""
        return text.pick(words.STATES, places.STATE[self.city])

    @property
    def country(self) -> text.Column:
        """The town's country."""
        return text.pick(words.COUNTRIES, places.COUNTRY[self.city])

    @property
    def postal_code(self) -> text.Column:
        """A postal code of the town."""
        return text.pick(places.POSTAL_CODES, self.city * places.QUARTERS + self.quarter)


class Form:
    """A platform's form, which people fill in once and again: browsers and accounts repeat most of what was typed before."""

    def __init__(self, papers: Papers, rng: np.random.Generator, rates: Rates) -> None:
        self.papers, self.rng, self.rates = papers, rng, rates
        self.usual = rng.random((DRAWS + 1, len(papers.given)))

    def fill_in(self, who: Ints, at: int) -> tuple[Lines, Floats]:
        """What these people type at an instant, and the chance that decides about their address."""
        is_new = self.rng.random(len(who)) < self.rates.typed_anew
        draws = np.where(is_new, self.rng.random((DRAWS + 1, len(who))), self.usual[:, who])
        return write_down(self.papers, who, at, draws[:DRAWS], by_hand(self.rates)), draws[DRAWS]


def filed(papers: Papers, who: Ints, at: Ints | int, rng: np.random.Generator, care: Care) -> Lines:
    """The feed holds each person in one form, however many records there are."""
    return write_down(papers, who, at, rng.random((DRAWS, len(papers.given)))[:, who], care)


def write_down(papers: Papers, who: Ints, at: Ints | int, draws: NDArray[np.float64], care: Care) -> Lines:
    """Records of these people as of these instants, with what goes wrong; draws[k, i] are the chances of record i."""
    short = (papers.nickname[who] >= 0) & (draws[0] < care.nickname)
    given = np.where(short, len(words.GIVEN_NAMES) + papers.nickname[who], papers.given[who])
    has_changed = papers.former[who] >= 0
    is_former = has_changed & ((at < papers.renamed_at[who]) | (draws[4] < care.keeps_name))
    family = np.where(is_former, papers.former[who], papers.family[who])
    is_old = (at < papers.moved_at[who]) | (draws[5] < care.keeps_place)
    city = np.where(is_old, papers.city[who], papers.next_city[who])
    codes, slipped = [], np.zeros(len(who), bool)
    for place, names in enumerate((given, family, city)):
        slip = draws[1 + place] < care.slip
        slipped |= slip
        way = np.minimum(draws[1 + place] / max(care.slip, 1e-9) * SLIPS, SLIPS - 1).astype(np.int64) + 1
        codes.append(names * (1 + SLIPS) + np.where(slip, way, 0))
    papers.plant("nickname", who[short])
    papers.plant("typo", who[slipped])
    return Lines(
        given_code=codes[0],
        family_code=codes[1],
        other_code=np.where(has_changed, np.where(is_former, papers.family[who], papers.former[who]), NONE),
        city_code=codes[2],
        city=city,
        quarter=papers.quarter[who],
        middle_code=np.where(draws[6] < 0.7, papers.middle[who], NONE),
        has_full_middle=np.asarray(draws[6] < 0.4, bool),
        suffix_code=np.where(draws[7] < 0.8, papers.suffix[who], NONE),
    )


def enrol(plan: Plan, country: Ints, state: Ints, relatives: "Relatives") -> Papers:
    """Names, towns and what will change about them, for everybody."""
    rates, n = plan.rates, plan.hcps
    rng = plan.rng("papers")
    is_female = rng.random(n) < 0.5
    begin = np.where(is_female, 0, words.FEMALE)
    given = begin + np.where(
        is_female, _ranked(words.FEMALE, 3.0, rng.random(n)), _ranked(words.MALE, 3.0, rng.random(n))
    )
    family = _ranked(len(words.FAMILY_NAMES), 2.0, rng.random(n))
    former = _ranked(len(words.FAMILY_NAMES), 2.0, rng.random(n))
    city, quarter = places.settle(country, state, rng.random(n)), rng.integers(0, places.QUARTERS, n)
    relatives.share(family, city, quarter)
    relatives.name(given, rng)
    alone = ~np.isin(np.arange(n), relatives.both)
    counts = np.array(words.NICKNAME_COUNTS)[given]
    short = _FIRST_NICKNAME[given] + (rng.random(n) * counts).astype(np.int64)
    marries = alone & (former != family) & (rng.random(n) < rates.name_change * np.where(is_female, 1.8, 0.2))
    moves = alone & (rng.random(n) < rates.move)
    # of those who move a third go abroad
    next_country = np.where(rng.random(n) < 0.3, rng.integers(0, len(words.COUNTRIES), n), country)
    next_state = np.where(next_country == 0, rng.integers(0, len(words.STATES), n), NONE)
    during = plan.first + (rng.random(n) * plan.days * DAY).astype(np.int64)
    long_ago = plan.first - rng.integers(0, 5 * 365, n) * DAY
    suffix = np.full(n, NONE)
    suffix[relatives.namesakes], suffix[relatives.namesakes + 1] = 0, 1
    papers = Papers(
        given=given,
        nickname=np.where(counts > 0, short, NONE),
        middle=begin + _ranked(words.FEMALE, 3.0, rng.random(n)),
        family=family,
        former=np.where(marries, former, NONE),
        renamed_at=np.where(rng.random(n) < 0.5, during, long_ago),
        suffix=suffix,
        city=city,
        quarter=quarter,
        next_city=np.where(moves, places.settle(next_country, next_state, rng.random(n)), city),
        moved_at=np.where(moves, plan.first + (rng.random(n) * plan.days * DAY).astype(np.int64), 2 * plan.stop),
        private=rng.random(n) < rates.private_habit,
    )
    for plant, elders in (("twin", relatives.twins), ("namesake", relatives.namesakes)):
        papers.plant(plant, np.concatenate([elders, elders + 1]))
    papers.plant("married_name", np.flatnonzero(marries))
    papers.plant("moved", np.flatnonzero(moves))
    return papers


def _ranked(count: int, evenness: float, u: Floats) -> Ints:
    """Places in a list in which the first is the commonest: shares fall with the rank, as those of names do."""
    weights = np.cumsum(1 / (np.arange(count) + evenness))
    return np.asarray(np.searchsorted(weights, u * weights[-1] * (1 - 1e-12), side="right"), np.int64)


@dataclass
class Relatives:
    """The elder of each pair; the younger follows in the list of people, so both work at one site."""

    twins: Ints
    namesakes: Ints
    couples: Ints

    @property
    def both(self) -> Ints:
        """Everybody who is one of a pair."""
        elders = np.concatenate([self.twins, self.namesakes, self.couples])
        return np.concatenate([elders, elders + 1])

    def share(self, *columns: Ints) -> None:
        """What is true of the elder is true of the younger."""
        elders, younger = np.split(self.both, 2)
        for column in columns:
            column[younger] = column[elders]

    def name(self, given: Ints, rng: np.random.Generator) -> None:
        """Twins bear names that are alike in half of the pairs, namesakes the same, a couple a woman's and a man's."""
        alike = np.array([[words.GIVEN_NAMES.index(name) for name in pair] for pair in words.ALIKE])
        some = self.twins[::2]
        given[some], given[some + 1] = alike[rng.integers(0, len(alike), len(some))].T
        given[self.namesakes + 1] = given[self.namesakes]
        given[self.couples] = rng.integers(0, words.FEMALE, len(self.couples))
        given[self.couples + 1] = words.FEMALE + rng.integers(0, words.MALE, len(self.couples))


def relate(plan: Plan) -> Relatives:
    """Draws the pairs: at least one of each kind, unless the world is tiny."""
    rates, pairs = plan.rates, plan.hcps // 2
    counts = [round(pairs * rate) for rate in (rates.twins, rates.namesakes, rates.couples)]
    counts = [max(count, 1) for count in counts] if pairs >= 50 else [0, 0, 0]
    first = plan.rng("relatives").permutation(pairs)[: sum(counts)] * 2
    twins, namesakes, couples = np.split(first, np.cumsum(counts)[:-1])
    return Relatives(twins, namesakes, couples)


def _misspelled(name: str, way: int) -> str:
    """Two letters change places, a letter is missing, or a letter stands twice."""
    at = 1 + sum(map(ord, name)) % max(len(name) - 2, 1)
    if way == 1:
        return name[:at] + name[at + 1 : at + 2] + name[at] + name[at + 2 :]
    return name[:at] + (name[at + 1 :] if way == 2 else name[at] + name[at:])


def _spellings(names: list[str]) -> pa.Array:
    return pa.array([name if way == 0 else _misspelled(name, way) for name in names for way in range(1 + SLIPS)])


@cache
def _given_spellings() -> pa.Array:
    return _spellings(words.GIVEN_NAMES + words.NICKNAMES)


@cache
def _family_spellings() -> pa.Array:
    return _spellings(words.FAMILY_NAMES)


@cache
def _city_spellings() -> pa.Array:
    return _spellings(places.CITIES)


@cache
def _middles() -> pa.Array:
    return pa.array([form for name in words.GIVEN_NAMES for form in (name[0], name)])
