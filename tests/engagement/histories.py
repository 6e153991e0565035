"""Invented contact histories for the score: random worlds, and one change made to every history of a world."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

DAY = timedelta(days=1)
AS_OF = [datetime(2024, 3, 1), datetime(2025, 6, 1), datetime(2025, 12, 31), datetime(2026, 1, 1)]
FAMILIES = {"f2f": 0.8, "live_remote": 0.75, "email_web": 0.35, "webinar": 0.6, "cme": 0.9, "other": 0.0}


@dataclass(frozen=True)
class Touch:
    """A touchpoint as `fct_touchpoints` holds it, as far as the score reads it."""

    touchpoint_id: str
    occurred_at: datetime
    direction: str = "push"
    purpose: str = "promotional"
    channel_family: str = "email_web"
    response_class: str = "none"
    responded_at: datetime | None = None
    is_response_observable: bool = True
    is_permitted: bool = True
    is_two_way: bool = False
    depth: float = 0.35
    relevance: float = 0.75
    is_value_content: bool | None = None
    team: str | None = "red"
    user_key: str | None = "u1"
    duration_seconds: int | None = None


@dataclass(frozen=True)
class History:
    """What is known of one HCP."""

    touches: list[Touch] = field(default_factory=list)
    opt_outs: list[datetime] = field(default_factory=list)

    def plus(self, *touches: Touch) -> "History":
        return replace(self, touches=[*self.touches, *touches])


def moment(rng: random.Random) -> datetime:
    """Any instant of 28 months, past the last as-of date too; one in four on an edge of a window."""
    if rng.random() < 0.25:
        edge = rng.choice([0, 7, 14, 30, 90, 365]) * DAY
        return rng.choice(AS_OF) - edge + rng.choice([-1, 0, 0, 1]) * timedelta(seconds=1)
    return datetime(2023, 10, 1) + timedelta(seconds=rng.randrange(28 * 30 * 86400))


def push(rng: random.Random, touchpoint_id: str, occurred_at: datetime | None = None) -> Touch:
    """A push with any outcome, permitted or not."""
    family = rng.choice(list(FAMILIES))
    outcome = rng.choice(["none", "none", "machine", "human", "human", "unknown"])
    touched_at = occurred_at or moment(rng)
    delay = rng.choice([timedelta(seconds=rng.randrange(20 * 86400)), 14 * DAY, 14 * DAY - timedelta(seconds=1)])
    return Touch(
        touchpoint_id,
        touched_at,
        purpose=rng.choice(["promotional", "promotional", "service", "medical", "education"]),
        channel_family=family,
        response_class=outcome,
        responded_at=touched_at + delay if outcome == "human" else None,
        is_response_observable=outcome != "unknown" and rng.random() < 0.9,
        is_permitted=rng.random() < 0.9,
        is_two_way=outcome == "human" and rng.random() < 0.5,
        depth=FAMILIES[family],
        relevance=rng.choice([1.0, 0.75, 0.5]),
        is_value_content=rng.choice([True, False, None]),
        team=rng.choice(["red", "blue", "green", None]),
        user_key=rng.choice(["u1", "u2", "u3", None]),
    )


def dialogue(rng: random.Random, touchpoint_id: str) -> Touch:
    """A pull or a mutual touch, as a rule human and permitted."""
    touch = push(rng, touchpoint_id)
    is_human = rng.random() < 0.8
    return replace(
        touch,
        direction="pull" if is_human and rng.random() < 0.3 else "mutual",
        response_class="human" if is_human else "none",
        responded_at=touch.occurred_at if is_human else None,
        is_two_way=is_human,
        duration_seconds=rng.choice([None, rng.randrange(3600)]),
    )


def ignored_push(rng: random.Random, touchpoint_id: str) -> Touch:
    touch = push(rng, touchpoint_id)
    outcome = rng.choice(["none", "machine", "pending", "unknown"])
    return replace(
        touch, response_class=outcome, responded_at=None, is_two_way=False, is_response_observable=outcome != "unknown"
    )


def two_way_touch(rng: random.Random, touchpoint_id: str) -> Touch:
    """A permitted touch that a human answered, in any direction."""
    touch = replace(push(rng, touchpoint_id), response_class="human", is_permitted=True, is_two_way=True)
    direction = rng.choice(["push", "pull", "mutual"])
    delay = timedelta(seconds=rng.randrange(14 * 86400)) if direction == "push" else timedelta()
    return replace(touch, direction=direction, responded_at=touch.occurred_at + delay)


def history(rng: random.Random) -> History:
    """Any history: empty, ordinary, or a storm of pushes."""
    size = rng.choice([0, 1, 3, 10, 30, 30, 60])
    touches = [(push if rng.random() < 0.7 else dialogue)(rng, f"t{number:04}") for number in range(size)]
    if rng.random() < 0.2:
        start = moment(rng)
        touches += [
            push(rng, f"storm{n:04}", start + timedelta(hours=rng.randrange(96))) for n in range(rng.choice([5, 40]))
        ]
    return History(touches, [moment(rng) for _ in range(rng.choice([0, 0, 0, 1, 3]))])


def world(seed: int, size: int = 150) -> dict[str, History]:
    rng = random.Random(seed)
    return {f"hcp{number:04}": history(rng) for number in range(size)}


def changed(
    histories: dict[str, History], seed: int, change: Callable[[random.Random, History], History]
) -> dict[str, History]:
    rng = random.Random(seed + 1)
    return {hcp: change(rng, before) for hcp, before in histories.items()}


def shifted(before: History, by: timedelta) -> History:
    touches = [
        replace(t, occurred_at=t.occurred_at + by, responded_at=t.responded_at + by if t.responded_at else None)
        for t in before.touches
    ]
    return History(touches, [moment + by for moment in before.opt_outs])
