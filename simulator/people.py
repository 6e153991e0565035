"""The planted population: who exists, what they are like, and under which ids each system knows them."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from simulator import text
from simulator import vocabulary as words
from simulator.identities import Papers, Relatives, enrol, relate
from simulator.plan import DAY, NONE, Bools, Floats, Ints, Plan

FAMILIES = ["f2f", "live_remote", "email_web", "webinar", "cme"]
F2F, REMOTE, EMAIL, WEBINAR, CME = range(5)
# kinds of consent for promotional email
GLOBAL, BY_PRODUCT, PENDING, NO_RECORD = range(4)
# tracking permission
TRACK_UNSAID, TRACK_IN, TRACK_OUT = range(3)
PEOPLE_PER_SITE = 20
CHOOSERS = 97  # every so many-th person uses the preference centre
DECIDERS = 23  # every so many-th person decides often, and in odd forms


@dataclass
class People:
    """One entry per person, in every array. Codes index the lists of `vocabulary`."""

    theta: Floats
    tolerance: Floats
    affinity: Floats  # person x family
    country: Ints
    is_country_known: Bools
    offset: Ints
    state: Ints
    specialty: Ints
    interests: Ints  # person x 2
    papers: Papers
    npi: Ints
    npi_in_crm: Ints
    has_account: Bools
    has_subscriber: Bools
    subscriber_address: Ints
    subscriber_keyed_by_email: Bools
    crm_address: Ints
    addresses: pa.Array
    rep: Ints
    msl: Ints
    scanner: Bools
    proxy: Bools
    consent: Ints
    granted_at: Ints
    confirmed_at: Ints
    granted_products: Ints  # bit mask
    tracking: Ints
    bad_from: Ints
    bad_to: Ints
    desk_opt_out_at: Ints
    desk_known_at: Ints
    objects: Bools  # to profiling or marketing

    @property
    def count(self) -> int:
        """How many people there are."""
        return len(self.theta)

    @property
    def strangers(self) -> int:
        """How many others subscribed on a web page; they never link to anybody."""
        return max(self.count // 40, 1)

    @property
    def in_us(self) -> Bools:
        """Where email needs no opt-in."""
        return np.asarray(self.country == 0, bool)

    def given_names(self, who: Ints) -> text.Column:
        """First names as the passport has them."""
        return text.pick(words.GIVEN_NAMES, self.papers.given[who])

    def family_names(self, who: Ints) -> text.Column:
        """Last names, those in force at the end."""
        return text.pick(words.FAMILY_NAMES, self.papers.family[who])

    def signs_up_with(self, who: Ints, u: Floats) -> Ints:
        """The address that they type into a form: some the personal one nearly always, the others now and then."""
        is_home = u < np.where(self.papers.private[who], 0.8, 0.2)
        self.papers.plant("personal_address", who[is_home])
        return np.where(is_home, self.count + who, self.crm_address[who])

    def national_ids(self, who: Ints) -> text.Column:
        """RPPS in France, LANR in Germany, GMC in Great Britain, each by its own check rule (CRM-03)."""
        rpps = text.texts((10**9 + who) * 10 + text.luhn_digit(10**9 + who))
        lanr = text.texts(text.lanrs(100_000 + who % 900_000))
        gmc = text.texts(7_000_000 + who)
        others = text.where(self.country[who] == words.COUNTRIES.index("GB"), gmc, None)
        others = text.where(self.country[who] == words.COUNTRIES.index("DE"), lanr, others)
        return text.where(self.country[who] == words.COUNTRIES.index("FR"), rpps, others)


def decides_often(who: Ints) -> Bools:
    """Whose ledger holds what is rare."""
    return np.asarray(who % DECIDERS == 5, bool)


def users_count(plan: Plan) -> int:
    """Size of the field force."""
    return max(12, plan.hcps // 60)


def populate(plan: Plan) -> People:
    """Draws everybody, with all that is fixed about them before anything is sent."""
    rates, n = plan.rates, plan.hcps
    rng = plan.rng("people")
    theta = rng.normal(size=n)
    relatives = relate(plan)
    country = rng.choice(len(words.COUNTRIES), n, p=words.COUNTRY_SHARES)
    state = rng.integers(0, len(words.STATES), n)
    relatives.share(country, state)
    in_us = country == 0
    state = np.where(in_us, state, NONE)
    pacific = in_us & np.isin(state, [words.STATES.index("CA"), words.STATES.index("WA")])
    offset = np.where(pacific, words.PACIFIC, np.array(words.UTC_OFFSETS)[country])
    specialty = rng.integers(0, len(words.SPECIALTIES), n)
    specialty[relatives.twins + 1] = specialty[relatives.twins]
    foreign = rng.integers(0, len(words.TOPICS), n)
    interests = np.stack([specialty * 2, np.where(rng.random(n) < 0.2, foreign, specialty * 2 + 1)], axis=1)
    # First digit 2: valid by the rule, never issued, so no number here is a real person's.
    npi = np.where(in_us, text.npis(2 * 10**8 + spread(n, 10**8, plan.seed)), NONE)
    papers = enrol(plan, country, state, relatives)
    mistyped = _mistype(plan, papers, npi)
    blank = rng.random(n) < 0.05
    npi_in_crm = np.where((npi < 0) | blank, NONE, mistyped)
    has_account = rng.random(n) < rates.account_share
    has_subscriber = rng.random(n) < rates.subscriber_share
    addresses, crm_address, subscriber_address = _addresses(plan, papers, relatives)
    users = users_count(plan)
    bad = rng.random(n) < rates.bad_address
    bad_from = np.where(bad, plan.first + (rng.random(n) * plan.days * DAY).astype(np.int64), plan.stop)
    consents = _consents(plan, country, specialty)
    desk = rng.random(n) < rates.opt_out_by_desk
    desk_at = np.where(desk, plan.first + (rng.random(n) * plan.days * DAY).astype(np.int64), plan.stop * 2)
    return People(
        theta=theta,
        tolerance=rates.tolerance_median * np.exp(rates.tolerance_spread * rng.normal(size=n)),
        affinity=rates.affinity_spread * rng.normal(size=(n, len(FAMILIES))),
        country=country,
        is_country_known=rng.random(n) >= rates.unknown_country,
        offset=offset,
        state=state,
        specialty=specialty,
        interests=interests,
        papers=papers,
        npi=npi,
        npi_in_crm=npi_in_crm,
        has_account=has_account,
        has_subscriber=has_subscriber,
        subscriber_address=subscriber_address,
        subscriber_keyed_by_email=(rng.random(n) < 0.35) | ~has_account,
        crm_address=crm_address,
        addresses=addresses,
        rep=np.arange(n) % max(round(users * words.FUNCTION_SHARES[0]), 1),
        msl=users - 1 - np.arange(n) % max(round(users * words.FUNCTION_SHARES[2]), 1),
        scanner=rng.random(n) < rates.scanner_share,
        proxy=rng.random(n) < rates.proxy_share,
        bad_from=bad_from,
        bad_to=bad_from + rng.integers(30, 200, n) * DAY,
        desk_opt_out_at=desk_at,
        desk_known_at=desk_at + np.where(rng.random(n) < 0.5, rng.integers(1, 12, n) * DAY, 3600),
        objects=has_account & (rng.random(n) < rates.profiling_objection),
        **consents,
    )


def spread(n: int, space: int, seed: int) -> Ints:
    """Distinct numbers below `space` in no visible order: an affine walk, so that no table of used ones is kept."""
    step = 61_803_399  # coprime to powers of ten
    return (np.arange(n, dtype=np.int64) * step + 7_919 * (seed + 1)) % space


def _mistype(plan: Plan, papers: Papers, npi: Ints) -> Ints:
    """NPIs as the CRM holds them: some fail the check digit, some pass and are nobody's, some are another person's (IDN-06)."""
    rng = plan.rng("mistyped")
    n = len(npi)
    kind = np.where((npi >= 0) & (rng.random(n) < plan.rates.npi_typo), rng.choice(3, n, p=[0.6, 0.3, 0.1]), NONE)
    american = np.flatnonzero(npi >= 0)
    one = rng.permutation(american)[:3]
    kind[one] = np.arange(len(one)) if n >= 100 else kind[one]  # of each kind one at least
    other = npi.copy()
    other[american] = np.roll(npi[american], 1)
    nobodys = text.npis(np.maximum(npi, 0) // 10 + 1)
    wrong = npi // 10 * 10 + (npi + 1 + rng.integers(0, 9, n)) % 10
    kind = np.where((kind == 1) & np.isin(nobodys, npi) | (kind == 2) & ((other < 0) | (other == npi)), 0, kind)
    for code, plant in enumerate(("npi_check_fails", "npi_nobodys", "npi_of_another")):
        papers.plant(plant, np.flatnonzero(kind == code))
    return np.choose(kind + 1, [npi, wrong, nobodys, other])


def _addresses(plan: Plan, papers: Papers, relatives: Relatives) -> tuple[pa.Array, Ints, Ints]:
    """All addresses: work, personal (0..n-1, n..2n-1), then shared ones; and the one known to CRM and to mail."""
    n, rates = plan.hcps, plan.rates
    rng = plan.rng("addresses")
    first, last = (
        text.pick(words.GIVEN_ASCII, papers.given),
        pc.utf8_lower(text.pick(words.FAMILY_NAMES, papers.family)),
    )
    work = text.join(first, ".", last, text.texts(np.arange(n)), "@example.org")
    # a personal address bears the name, half of it, or nothing of it
    style, number = rng.random(n), text.texts(spread(n, 10**6, plan.seed))
    handle = text.where(style < 0.7, first, text.pick(words.HANDLES, rng.integers(0, len(words.HANDLES), n)))
    handle = text.where(style < 0.45, text.join(pc.utf8_slice_codeunits(first, 0, 1), last), handle)
    home = text.join(handle, number, "@example.org")
    crm = np.arange(n)
    # whose mail others read: role mailboxes, clinics of five to eight colleagues, some twins and couples
    role = np.flatnonzero(rng.random(n) < rates.role_mailbox)
    crm[role] = 2 * n + rng.integers(0, len(words.SHARED_MAILBOXES), len(role))
    clinics = rng.permutation(n // PEOPLE_PER_SITE)[: max(round(n * rates.clinic_mailbox / 6.5), 1)]
    shared = [site * PEOPLE_PER_SITE + np.arange(5 + site % 4) for site in clinics.tolist()]
    pairs = [relatives.twins[::4], relatives.couples]
    shared += [np.array([one, one + 1]) for one in np.concatenate(pairs).tolist()]
    for place, members in enumerate(shared):
        crm[members] = 2 * n + len(words.SHARED_MAILBOXES) + place
    boxes = [f"practice.{place:05d}@example.org" for place in range(len(shared))]
    papers.plant("shared_mailbox", np.flatnonzero(crm >= 2 * n))
    papers.plant("couple_mailbox", np.concatenate([relatives.couples, relatives.couples + 1]))
    addresses = pa.concat_arrays([work, home, pa.array(words.SHARED_MAILBOXES + boxes)])
    personal = rng.random(n) < np.where(papers.private, 1.9, 0.4) * rates.personal_address
    papers.plant("personal_address", np.flatnonzero(personal))
    return addresses, crm, np.where(personal, n + np.arange(n), crm)


def _consents(plan: Plan, country: Ints, specialty: Ints) -> dict[str, Ints]:
    """What each person once decided about promotional email and about tracking."""
    n, rates = plan.hcps, plan.rates
    rng = plan.rng("consents")
    u = rng.random(n)
    nothing = np.where(country == 0, 0.45, rates.no_consent)
    kind = np.full(n, GLOBAL)
    kind[u < nothing + rates.double_opt_in + rates.product_consent] = BY_PRODUCT
    kind[u < nothing + rates.double_opt_in] = PENDING
    kind[u < nothing] = NO_RECORD
    before = plan.first - rng.integers(1, 400, n) * DAY
    during = plan.first + (rng.random(n) * plan.days * DAY * 0.8).astype(np.int64)
    granted = np.where(rng.random(n) < 0.85, before, during) // 60 * 60
    never = 2 * plan.stop
    confirmed = np.where(rng.random(n) < 0.5, granted + rng.integers(600, 5 * DAY, n), never)
    v = rng.random(n)
    unsaid = np.where(country == 0, 0.92, 0.07)
    tracking = np.where(v < unsaid, TRACK_UNSAID, np.where(v < unsaid + 0.08, TRACK_OUT, TRACK_IN))
    return {
        "consent": kind,
        "granted_at": np.where(kind == NO_RECORD, never, granted),
        "confirmed_at": np.where(kind == PENDING, confirmed, granted),
        "granted_products": 1 << specialty,
        "tracking": np.where((kind == NO_RECORD) & (tracking == TRACK_IN), TRACK_UNSAID, tracking),
    }
