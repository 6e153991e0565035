"""The score of one history by direct summation, term by term as the specification writes it. Slow and plain on purpose."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, log, sqrt

from tests.engagement.histories import DAY, History, Touch

MATURITY = 14 * DAY
BREADTH = {"f2f": 0.3, "live_remote": 0.2, "email_web": 0.1, "webinar": 0.2, "cme": 0.2}


@dataclass(frozen=True)
class Judged:
    """A touch with the symbols of the specification: s, q, and what follows from its direction."""

    touch: Touch

    @property
    def at(self) -> datetime:
        return self.touch.occurred_at

    @property
    def is_push(self) -> bool:
        return self.touch.direction == "push"

    @property
    def is_human(self) -> bool:
        if self.touch.direction == "pull":
            return True
        if not self.is_push or self.touch.responded_at is None:
            return self.touch.response_class == "human"
        return self.at <= self.touch.responded_at < self.at + MATURITY

    @property
    def is_observable(self) -> bool:
        return self.is_push and self.touch.is_response_observable and self.touch.response_class != "unknown"

    @property
    def s(self) -> int:
        return int(self.is_human and self.touch.is_permitted)

    @property
    def q(self) -> float:
        return self.s * self.touch.depth * self.touch.relevance

    def counts_at(self, t: datetime) -> bool:
        if self.is_push:
            return t > self.at + MATURITY
        return self.at < t and self.is_human


def weight(t: datetime, at: datetime, half_life: float) -> float:
    return float(2 ** (-((t - at) / DAY) / half_life))


def in_scope(history: History, scope: str) -> list[Judged]:
    return [Judged(t) for t in history.touches if scope == "full" or t.purpose not in ("education", "medical")]


def collides(push: Judged, others: list[Judged]) -> bool:
    teams = {o.touch.team for o in others if abs(o.at - push.at) <= timedelta(hours=48)} - {None, push.touch.team}
    return push.touch.team is not None and bool(teams)


def measure(history: History, scope: str, t: datetime) -> dict[str, float]:
    counted = [j for j in in_scope(history, scope) if j.counts_at(t)]
    quality = [(weight(t, j.at, 120) * j.q, j) for j in counted]
    observable = [(weight(t, j.at, 120), j) for j in counted if j.is_observable]
    a, b = 2 + sum(w * j.s for w, j in observable), 6 + sum(w * (1 - j.s) for w, j in observable)
    ignored = [j for j in counted if j.is_push and not j.is_human]
    pressure = sum(weight(t, j.at, 30) * (1 + 0.5 * collides(j, ignored)) for j in ignored)
    year_ago = t - 365 * DAY
    refusals = len({o for o in history.opt_outs if year_ago <= o < t})
    unconsented = sum(j.is_push and not j.touch.is_permitted and j.at >= year_ago for j in counted)

    found = {
        "responsiveness": a / (a + b),
        "dialogue_depth": 1 - exp(-sum(q for q, _ in quality) / 3),
        "breadth": sum(
            omega * (1 - exp(-sum(q for q, j in quality if j.touch.channel_family == family)))
            for family, omega in BREADTH.items()
        ),
        "education_value": 1 - exp(-sum(q for q, j in quality if j.touch.is_value_content) / 1.5),
        "satisfaction": 0.6,
        "contact_pressure": pressure,
        "fatigue": 1 - exp(-max(0.0, pressure - 2) / 4),
        "opt_out_penalty": 1 - exp(-(refusals + 0.05 * unconsented)),
        "evidence_weight": sum(weight(t, j.at, 120) for j in counted),
    }
    restraint = (1 - 0.35 * found["fatigue"]) * (1 - 0.3 * found["opt_out_penalty"])
    terms = [(0.5, "responsiveness"), (0.15, "dialogue_depth"), (0.1, "breadth"), (0.1, "education_value")]
    found["eqs_score"] = 100 * restraint * (sum(w * found[name] for w, name in terms) + 0.15 * 0.6)
    variance = 0.25 * a * b / ((a + b) ** 2 * (a + b + 1)) + 0.15**2 * 7.5 * 5 / (12.5**2 * 13.5)
    found["eqs_low"] = max(0.0, found["eqs_score"] - 1.645 * 100 * restraint * sqrt(variance))
    found["eqs_high"] = min(100.0, found["eqs_score"] + 1.645 * 100 * restraint * sqrt(variance))
    return found | counts(history, scope, t)


def counts(history: History, scope: str, t: datetime) -> dict[str, float]:
    past = [j for j in in_scope(history, scope) if j.at < t]
    pushes = [j for j in past if j.is_push]
    year = [j for j in pushes if j.at >= t - 365 * DAY]
    mature = [j for j in year if j.counts_at(t)]
    ignored = [j for j in pushes if j.counts_at(t) and not j.is_human]
    return {
        "touches_90d": sum(j.at >= t - 90 * DAY for j in past),
        "pushes_90d": sum(j.at >= t - 90 * DAY for j in pushes),
        "pending_pushes_14d": sum(t <= j.at + MATURITY for j in pushes),
        "unobservable_pushes_90d": sum(j.at >= t - 90 * DAY and not j.is_observable for j in pushes),
        "unreciprocated_pushes_30d": sum(j.at >= t - 30 * DAY for j in ignored),
        "response_rate_n": sum(j.is_observable for j in mature),
        "response_rate_x": sum(j.is_observable and j.s for j in mature),
        "hcp_collision_rate_x": sum(j.at >= t - 365 * DAY and collides(j, ignored) for j in ignored),
        "hcp_collision_rate_n": len(mature),
        "inbound_load_week": sum(j.at >= t - 7 * DAY for j in pushes),
        "median_response_latency_h": latency([j for j in year if j.is_observable], t),
    }


def latency(pushes: list[Judged], t: datetime) -> float:
    """The Kaplan-Meier median in hours; nan if fewer than half are answered."""
    waits = []
    for push in pushes:
        answered_at = push.touch.responded_at
        is_known = answered_at is not None and answered_at < t
        waits.append(((answered_at if answered_at is not None and is_known else t) - push.at, is_known))
    share = 1.0
    for wait in sorted({w for w, is_known in waits if is_known}):
        answers = sum(w == wait and is_known for w, is_known in waits)
        share *= 1 - answers / sum(w >= wait for w, _ in waits)
        if log(max(share, 1e-300)) < log(0.5) + 1e-9:
            return wait / timedelta(hours=1)
    return float("nan")
