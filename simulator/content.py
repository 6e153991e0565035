"""Content: one row per asset, under the id by which the feeds know it, and the calendar of marketing jobs."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from simulator import text
from simulator.landing import Landing
from simulator.plan import DAY, HOUR, Ints, Plan
from simulator.vocabulary import CONTENT_TYPES, LANGUAGES, PRODUCTS, SPECIALTIES, TOPICS

TOPIC_COUNT = len(TOPICS)
TYPES = len(CONTENT_TYPES)
ASSETS = TOPIC_COUNT * TYPES  # assets of one kind: topic * TYPES + type

TEMPLATE_IDS = text.salesforce_ids("a2X", np.arange(ASSETS) + 1)
KEY_MESSAGE_IDS = text.salesforce_ids("a2K", np.arange(ASSETS) + 1)
PRESENTATION_IDS = text.salesforce_ids("a2P", np.arange(TOPIC_COUNT) + 1)
PRODUCT_IDS = text.salesforce_ids("a00", np.arange(len(PRODUCTS)) + 1)
DETAIL_GROUP_IDS = text.salesforce_ids("a0G", np.arange(len(PRODUCTS)) + 1)
CONTENT_TYPE_IDS = text.salesforce_ids("a2T", np.arange(TYPES) + 1)


def code(topic: int, kind: int) -> str:
    """The readable part of an asset's code."""
    return f"{TOPICS[topic].upper().replace(' ', '-')}-{CONTENT_TYPES[kind].upper()}"


EMAIL_NAMES = [f"EM-{code(asset // TYPES, asset % TYPES)}" for asset in range(ASSETS)]
KEY_MESSAGE_NAMES = [f"KM-{code(asset // TYPES, asset % TYPES)}" for asset in range(ASSETS)]
WEBINAR_TITLES = [f"{topic}: {what}" for topic in TOPICS for what in ("what is new", "cases from practice")]


@dataclass(frozen=True)
class Jobs:
    """Marketing jobs: one per topic and week, the content types in turn."""

    per_topic: int
    topic: Ints
    asset: Ints
    at: Ints

    def numbers(self, jobs: Ints) -> Ints:
        """Job ids."""
        return jobs + 41_001


def plan_jobs(plan: Plan) -> Jobs:
    """The calendar of mailings."""
    rng = plan.rng("jobs")
    per_topic = max(plan.days // 7, 1)
    topic = np.repeat(np.arange(TOPIC_COUNT), per_topic)
    week = np.tile(np.arange(per_topic), TOPIC_COUNT)
    day = plan.first // DAY + week * plan.days // per_topic
    at = day * DAY + rng.integers(9, 16, len(week)) * HOUR
    return Jobs(per_topic, topic, topic * TYPES + (week + topic) % TYPES, at)


def product_of(topic: Ints) -> Ints:
    """The product that a topic belongs to."""
    return topic // 2


def write_reference(landing: Landing) -> None:
    """reference/content: ids as in the feeds, title codes as Marketing Cloud and Zoom show them."""
    start = landing.plan.start
    rows = []
    kinds: list[tuple[pa.Array | list[str], list[str]]] = [
        (TEMPLATE_IDS, [f"TPL-{code(a // TYPES, a % TYPES)}" for a in range(ASSETS)]),
        (KEY_MESSAGE_IDS, KEY_MESSAGE_NAMES),
        ([f"EML-{a + 1:03d}" for a in range(ASSETS)], EMAIL_NAMES),
    ]
    for ids, codes in kinds:
        names = ids.to_pylist() if isinstance(ids, pa.Array) else ids
        rows += [row(names[a], codes[a], a // TYPES, a % TYPES) for a in range(ASSETS)]
    rows += [row(f"WBN-{w + 1:03d}", title, w // 2, 1 + w % 2) for w, title in enumerate(WEBINAR_TITLES)]
    header = ["content_id", "title_code", "content_type", "topic", "specialty", "language", "product"]
    header += ["evidence_level", "approved_from", "approved_to"]
    first = [[*cells, f"{start.replace(year=start.year - 1)}", None] for cells in rows]
    instants = landing.plan.instants
    landing.small_csv(("reference", "content"), int(instants[0]), header, first)
    if len(instants) > 1:
        # approvals end for some assets: restated in a later delivery, the rest unchanged
        ended = [[*cells[:-1], str(landing.plan.end) if place % 17 == 0 else None] for place, cells in enumerate(first)]
        landing.small_csv(("reference", "content"), int(instants[len(instants) // 2]), header, ended)


def row(content_id: str, title: str, topic: int, kind: int) -> list[str | None]:
    """One asset, without its approval dates."""
    product = PRODUCT_IDS[topic // 2].as_py()
    level = ["label", "guideline", "review", None][kind]
    return [
        content_id,
        title,
        CONTENT_TYPES[kind],
        TOPICS[topic],
        SPECIALTIES[topic // 2],
        LANGUAGES[0],
        product,
        level,
    ]
