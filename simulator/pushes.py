"""Company-initiated emails and what people do with them: the planted response model.

One pass over each person's pushes in time, all people side by side: what a person does depends on engagement,
affinity, relevance, and on how far the unanswered pushes so far exceed that person's tolerance (fatigue).
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from simulator.content import TOPIC_COUNT, TYPES, Jobs, product_of
from simulator.people import BY_PRODUCT, CHOOSERS, EMAIL, GLOBAL, NO_RECORD, PENDING, TRACK_OUT, People, decides_often
from simulator.plan import DAY, NONE, Bools, Floats, Ints, Plan

VERDICTS = ["granted", "no_refusal", "own_will", "pending", "no_record", "bounce", "spam_mark"]
GRANTED, NO_REFUSAL, OWN_WILL, IS_PENDING, NO_GRANT, BOUNCE, SPAM = range(7)
NOT_OUT = -2  # no refusal; -1 = refused all; otherwise the refused product


@dataclass
class Pushes:
    """One entry per email that was really sent, by person and time."""

    person: Ints
    at: Ints
    is_rep: Bools
    topic: Ints
    asset: Ints
    job: Ints
    is_answered: Bools
    answered_at: Ints
    is_hard_bounce: Bools
    is_soft_bounce: Bools
    is_unsubscribe: Bools
    is_global_unsubscribe: Bools
    is_spam_mark: Bools
    reacted_at: Ints  # of an unsubscribe or a spam mark
    back_at: Ints  # when the unsubscribe is taken back by a new opt-in
    verdict: Ints
    is_verdict_simple: Bools
    pressure: Floats

    @classmethod
    def planned(cls, **columns: Ints | Bools) -> Self:
        """Pushes to which nobody has reacted yet."""
        total = len(columns["person"])
        blanks = {"bool": np.zeros(total, bool), "float": np.zeros(total), "int": np.full(total, NONE)}
        kinds = {"is_": "bool", "pressure": "float"}
        empty = {
            name: blanks[next((kind for start, kind in kinds.items() if name.startswith(start)), "int")].copy()
            for name in cls.__annotations__
        }
        return cls(**(empty | columns))

    def take(self, rows: Ints | Bools) -> "Pushes":
        """The same columns for some rows."""
        return Pushes(**{name: column[rows] for name, column in vars(self).items()})


def counts(plan: Plan, theta: Floats, stream: str, per_year: float, spread: float, *, set_to: float | None) -> Ints:
    """Volume per person: independent of engagement unless the plan says otherwise, or set from outside."""
    rng = plan.rng(stream)
    n = len(theta)
    if set_to is not None:
        return np.floor(np.full(n, set_to * plan.years) + rng.random(n)).astype(np.int64)
    along = plan.rates.targeting_correlation
    z = along * theta + np.sqrt(1 - along**2) * rng.normal(size=n)
    expected = per_year * plan.years * np.exp(spread * z - spread**2 / 2)
    return np.asarray(rng.poisson(expected), np.int64)


def schedule(plan: Plan, people: People, jobs: Jobs) -> Pushes:
    """Plans every email, then lets people react to them; those held back for want of permission are gone."""
    rates = plan.rates
    set_to = rates.set_pushes_per_year
    n = counts(plan, people.theta, "push counts", rates.pushes_per_year, rates.push_spread, set_to=set_to)
    n = np.where(people.has_account | people.has_subscriber, n, 0)
    rng = plan.rng("pushes")
    who = np.repeat(np.arange(people.count), n)
    total = len(who)
    is_rep = rng.random(total) < rates.rep_share
    is_rep = np.where(people.has_subscriber[who], is_rep & people.has_account[who], True)
    relevant = rng.random(total) < rates.relevant_share
    own = people.interests[who, rng.integers(0, 2, total)]
    topic = np.where(relevant, own, rng.integers(0, TOPIC_COUNT, total))
    job = topic * jobs.per_topic + rng.integers(0, jobs.per_topic, total)
    asset = np.where(is_rep, topic * TYPES + rng.integers(0, TYPES, total), jobs.asset[job])
    # a job goes out in daily batches, each over some minutes
    in_batches = jobs.at[job] + rng.integers(0, 5, total) * DAY + rng.integers(0, 900, total)
    at = np.where(is_rep, plan.working_instants(rng, people.offset[who]), plan.inside(in_batches))
    order = np.lexsort((topic, at, who))
    pushes = Pushes.planned(
        person=who,
        at=at[order],
        is_rep=is_rep[order],
        topic=topic[order],
        asset=asset[order],
        job=np.where(is_rep, NONE, job)[order],
    )
    return pushes.take(_Mailing(plan, people, pushes).run(n))


class _Mailing:
    """Walks through the k-th push of everybody at once, and keeps what each person carries from mail to mail."""

    def __init__(self, plan: Plan, people: People, pushes: Pushes) -> None:
        self.plan, self.people, self.pushes = plan, people, pushes
        count, never = people.count, 2 * plan.stop
        self.pressure, self.last = np.zeros(count), np.full(count, plan.first)
        self.out, self.out_at = np.full(count, NOT_OUT), np.full(count, never)
        self.back_at, self.spam_at = np.full(count, never), np.full(count, never)
        self.is_blocked = np.zeros(count, bool)
        self.product = product_of(pushes.topic)
        self.is_relevant = (people.interests[pushes.person] == pushes.topic[:, None]).any(axis=1)

    def run(self, n: Ints) -> Bools:
        """Which planned pushes were sent."""
        rng = self.plan.rng("reactions")
        sent = np.zeros(len(self.pushes.person), bool)
        begin = np.cumsum(n) - n
        by_volume = np.argsort(-n, kind="stable")
        active = np.searchsorted(-n[by_volume], -np.arange(n.max(initial=0)), side="left")
        for k, left in enumerate(active):
            who = by_volume[:left]
            row = begin[who] + k
            u = rng.random((8, left))
            at = self.pushes.at[row]
            self.pressure[who] *= 2.0 ** (-(at - self.last[who]) / (DAY * self.plan.rates.pressure_half_life_days))
            self.last[who] = at
            sent[row] = self._judge(who, row, u)
            self._react(who, row, sent[row], u)
        return sent

    def _judge(self, who: Ints, row: Ints, u: Floats) -> Bools:
        """The verdict on each push, and whether it is sent all the same."""
        people, rates, at = self.people, self.plan.rates, self.pushes.at[row]
        product, is_rep = self.product[row], self.pushes.is_rep[row]
        desk = at >= people.desk_opt_out_at[who]
        covers = (self.out[who] == NONE) | (self.out[who] == product)
        stands = covers & (at >= self.out_at[who]) & (at < self.back_at[who])
        opt_in_needed = ~(people.in_us[who] & people.is_country_known[who])
        verdict = np.where(opt_in_needed, NO_GRANT, NO_REFUSAL)
        waits = (people.consent[who] == PENDING) & (at >= people.granted_at[who]) & opt_in_needed
        verdict = np.where(waits, IS_PENDING, verdict)
        verdict = np.where(_granted(people, who, at, product, is_rep=is_rep), GRANTED, verdict)
        verdict = np.where(self.is_blocked[who], BOUNCE, verdict)
        is_spam_block = at >= self.spam_at[who]
        verdict = np.where(is_spam_block, SPAM, verdict)
        verdict = np.where(stands | desk, OWN_WILL, verdict)
        is_known_out = stands | (at >= people.desk_known_at[who]) | is_spam_block
        leak = np.where(is_known_out, rates.leak_after_opt_out, rates.leak_without_consent)
        leak = np.where(self.is_blocked[who], rates.leak_after_bounce, leak)
        is_held_back = is_known_out | ((verdict >= IS_PENDING) & ~desk)
        is_simple = _is_simple(people, who) & (at < people.bad_from[who])
        is_simple &= (self.out[who] < 0) & (at < self.back_at[who])
        self.pushes.verdict[row] = verdict
        self.pushes.is_verdict_simple[row] = is_simple
        return np.asarray(~is_held_back | (u[0] < leak), bool)

    def _react(self, who: Ints, row: Ints, goes: Bools, u: Floats) -> None:
        """Bounces, answers, silence, and now and then an unsubscribe or a spam mark."""
        people, pushes, rates, stop = self.people, self.pushes, self.plan.rates, self.plan.stop
        at = pushes.at[row]
        is_bad = (at >= people.bad_from[who]) & (at < people.bad_to[who])
        is_bad &= people.subscriber_address[who] == people.crm_address[who]
        soft = goes & ~is_bad & ~pushes.is_rep[row] & (u[1] < rates.soft_bounce)
        reaches = goes & ~is_bad & ~soft
        excess = np.maximum(0.0, self.pressure[who] - people.tolerance[who])
        logit = rates.answer_base + rates.answer_theta * people.theta[who] - rates.answer_fatigue * excess
        logit += rates.answer_affinity * people.affinity[who, EMAIL] + rates.answer_relevance * self.is_relevant[row]
        answers = reaches & (u[2] < 1 / (1 + np.exp(-logit)))
        silent = reaches & ~answers
        after = at + np.where(u[4] < 0.02, 15 * DAY * (1 + u[5]), 60 + 13.5 * DAY * u[5] ** 4).astype(np.int64)
        may_leave = silent & ((self.out[who] == NOT_OUT) | (at >= self.back_at[who])) & (after < stop)
        leaves = may_leave & (u[3] < rates.unsubscribe * (1 + 2 * excess)) & (pushes.verdict[row] != OWN_WILL)
        marks = silent & ~leaves & (after < stop) & (u[3] > 1 - rates.spam_mark * (1 + 2 * excess))
        is_global = leaves & (u[6] < 0.45)
        again = np.where(u[7] < rates.opt_in_again, at + (60 + 200 * u[6]).astype(np.int64) * DAY, 2 * stop)
        self.is_blocked[who] = (self.is_blocked[who] & ~reaches) | (goes & is_bad)
        self.pressure[who] += silent
        gone = who[leaves]
        self.out[gone] = np.where(is_global[leaves], NONE, self.product[row][leaves])
        self.out_at[gone], self.back_at[gone] = after[leaves], again[leaves]
        self.spam_at[who[marks]] = after[marks]
        pushes.is_answered[row] = answers
        pushes.answered_at[row] = np.where(answers, after, NONE)
        pushes.is_hard_bounce[row] = goes & is_bad
        pushes.is_soft_bounce[row] = soft
        pushes.is_unsubscribe[row] = leaves
        pushes.is_global_unsubscribe[row] = is_global
        pushes.is_spam_mark[row] = marks
        pushes.reacted_at[row] = np.where(leaves | marks, after, NONE)
        pushes.back_at[row] = np.where(leaves, again, NONE)
        pushes.pressure[row] = self.pressure[who]


def _granted(people: People, who: Ints, at: Ints, product: Ints, *, is_rep: Bools) -> Bools:
    kind = people.consent[who]
    covers = np.where(kind == BY_PRODUCT, (people.granted_products[who] >> product) & 1 == 1, kind != NO_RECORD)
    stands = np.where(kind == GLOBAL, people.granted_at[who], people.confirmed_at[who]) <= at
    is_same_address = people.subscriber_address[who] == people.crm_address[who]
    return np.asarray(covers & stands & (is_rep | is_same_address), bool)


def _is_simple(people: People, who: Ints) -> Bools:
    """Where the planted verdict needs no shared mailbox, second address, doubtful country or preference centre."""
    is_simple = (
        (people.crm_address[who] < people.count) & people.has_account[who] & (who % CHOOSERS != 0) & ~decides_often(who)
    )
    is_simple &= (people.subscriber_address[who] == people.crm_address[who]) & (people.tracking[who] != TRACK_OUT)
    return np.asarray(is_simple & (people.is_country_known[who] | ~people.in_us[who]), bool)
