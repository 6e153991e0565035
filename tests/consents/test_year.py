"""A simulated year, judged anew from its deliveries in plain Python: the same verdict for every touch."""

from datetime import datetime

import duckdb
import pytest

from orchestration.settings import default_as_of
from tests.conftest import Home
from tests.consents.comparison import compare


@pytest.mark.warehouse
def test_every_touch_of_a_simulated_year_has_the_verdict_of_the_oracle(sample: Home) -> None:
    as_of = datetime.combine(default_as_of(sample.landing, datetime.now().date()), datetime.min.time())
    with duckdb.connect() as connection:
        connection.execute(f"attach '{sample.settings.warehouse}' as warehouse (read_only)")
        connection.execute("set search_path = 'memory.main,warehouse.intermediate'")
        found = compare(sample.landing, connection, as_of)
    assert found.touches > 10_000 and len(found.countries) > 8
    assert found.differences == []
    assert {"own_will", "merge_conflict", "bounce", "spam_mark", "pending", "no_record", "no_channel_value"} <= set(
        found.reasons
    )
