"""What a simulation is asked to do: its size, its days, its delivery instants and every rate that an experiment may set."""

import zlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

DAY = 86_400
HOUR = 3_600
NONE = -1  # the null of every integer column: ids, codes and instants

DEFAULT_END = date(2026, 6, 30)


@dataclass(frozen=True)
class Rates:
    """Every constant of the planted world. An experiment replaces some of them and leaves the rest."""

    # volume: drawn independently of engagement unless the correlation says otherwise
    pushes_per_year: float = 33.0
    push_spread: float = 0.45
    targeting_correlation: float = 0.0
    set_pushes_per_year: float | None = None
    calls_per_year: float = 17.0
    call_spread: float = 0.4
    set_calls_per_year: float | None = None
    rep_share: float = 0.42
    relevant_share: float = 0.7
    # response: logit of a human answer to one email, of holding one call, of coming to one webinar
    answer_base: float = -2.0
    answer_theta: float = 0.95
    answer_affinity: float = 1.0
    answer_relevance: float = 0.5
    answer_fatigue: float = 0.35
    hold_base: float = -0.2
    hold_theta: float = 0.7
    attend_base: float = 0.3
    attend_theta: float = 0.8
    affinity_spread: float = 0.35
    tolerance_median: float = 4.5
    tolerance_spread: float = 0.5
    pressure_half_life_days: float = 30.0
    # will and delivery
    unsubscribe: float = 0.0012
    spam_mark: float = 0.0003
    bad_address: float = 0.03
    soft_bounce: float = 0.004
    leak_after_opt_out: float = 0.06
    leak_without_consent: float = 0.10
    leak_after_bounce: float = 0.25
    opt_in_again: float = 0.3
    opt_out_by_desk: float = 0.03
    double_opt_in: float = 0.06
    product_consent: float = 0.2
    no_consent: float = 0.08
    # machines
    scanner_share: float = 0.15
    proxy_share: float = 0.35
    # identity: who has which id
    account_share: float = 0.97
    subscriber_share: float = 0.85
    second_account: float = (
        0.05  # doubles are a tenth to a third of old CRMs by vendors' word; half of these get merged
    )
    unknown_country: float = 0.015
    # identity: what goes wrong, rare enough that false pairs stay below what matching by NPI alone already risks
    npi_typo: float = 0.02  # of CRM records: six in ten fail the check digit, one in ten is another person's number
    typed_npi_typo: float = 0.03  # typed by the person into a form
    nickname: float = 0.12  # of forms that people fill in; desks and registers write what the passport says, nearly
    typo: float = 0.015  # of each name and each town in a form; a third of it at a desk
    typed_anew: float = 0.3  # of registrations; the others repeat what the person once typed there
    name_change: float = 0.03  # of people, over the years that systems remember; mostly women
    keeps_name: float = 0.35  # of records made after it that still bear the former name
    move: float = 0.03  # of people a simulation
    keeps_place: float = 0.3  # of records made after it with the old town
    private_habit: float = 0.4  # of people sign up with the personal address as a rule
    personal_address: float = 0.1  # of subscribers
    role_mailbox: float = 0.004  # reception and the like
    clinic_mailbox: float = 0.008  # an address of five to eight colleagues
    twins: float = 0.004  # of pairs of colleagues: about 0.4 percent of people, in life nearer 0.1
    namesakes: float = 0.001  # father and son at one practice
    couples: float = 0.001  # one address for two
    wrong_merge: float = 0.0003  # of accounts, merged by a rep into a stranger's
    deleted_user: float = 0.003  # placeholders instead of an address
    split_profile: float = 0.01  # of payment profiles: CMS holds the person twice
    # other feeds
    registrations_per_year: float = 1.6
    completions_per_year: float = 1.2
    enrolments_per_year: float = 0.8
    meals_per_year: float = 1.5
    share_consent: float = 0.7
    profiling_objection: float = 0.004
    # what people write: a remark of the rep, a comment beside a rating, an answer to a course
    call_notes: float = 0.04
    other_notes: float = 0.3
    # deliveries
    resent_rows: float = 0.03


@dataclass(frozen=True)
class Plan:
    """Size and calendar of one simulation. Instants are seconds since the epoch, UTC."""

    hcps: int
    days: int
    seed: int
    end: date = DEFAULT_END
    rates: Rates = field(default_factory=Rates)

    def __post_init__(self) -> None:
        if self.hcps < 1 or self.days < 1 or self.seed < 0:
            raise ValueError("a simulation needs at least one HCP, one day and a seed of 0 or more")

    @property
    def start(self) -> date:
        """First day."""
        return self.end - timedelta(days=self.days - 1)

    @cached_property
    def first(self) -> int:
        """First instant in which something may happen."""
        return seconds(self.start)

    @cached_property
    def stop(self) -> int:
        """Nothing happens at or after this instant: midnight after the last day."""
        return seconds(self.end) + DAY

    @property
    def years(self) -> float:
        """Length, for yearly rates."""
        return self.days / 365.25

    @cached_property
    def instants(self) -> Ints:
        """Extract instants: the history, increments, and three daily ones at the end."""
        grid = np.linspace(self.days * 0.5, max(self.days - 3, 1), 9)
        offsets = np.concatenate([grid.round(), [self.days - 2, self.days - 1, self.days]])
        offsets = np.unique(offsets[offsets > 0].astype(np.int64))
        return self.first + offsets * DAY + HOUR

    def rng(self, stream: str) -> np.random.Generator:
        """One generator per part of the world, so that a change in one part leaves the others as they were."""
        return np.random.default_rng([self.seed, zlib.crc32(stream.encode())])

    def working_instants(self, rng: np.random.Generator, offset_hours: NDArray[np.int64]) -> Ints:
        """One working-day instant for each given UTC offset, now and then in the evening (CRM-17)."""
        n = len(offset_hours)
        day = rng.integers(0, self.days, n) + self.first // DAY
        weekday = (day + 3) % 7
        day = day - np.where(weekday > 4, weekday - 4, 0)
        second = rng.integers(8 * HOUR, 18 * HOUR, n)
        second = np.where(rng.random(n) < 0.03, rng.integers(19 * HOUR, 21 * HOUR, n), second)
        return self.inside(day * DAY + second - offset_hours * HOUR)

    def inside(self, at: Ints) -> Ints:
        """Moves instants that fell over an edge of the simulation back into it by whole days."""
        at = at - np.maximum(0, -(-(at - self.stop + 1) // DAY)) * DAY
        return np.maximum(at, self.first)


def seconds(day: date) -> int:
    """Midnight of a day, UTC."""
    return int(datetime.combine(day, time(), UTC).timestamp())
