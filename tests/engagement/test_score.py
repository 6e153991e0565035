"""The score against its specification: every figure of the compiled SQL equals a direct summation."""

from collections.abc import Callable
from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from tests.engagement import oracle
from tests.engagement.histories import world

QUALITY, PRESSURE = "mart_hcp_engagement_quality", "mart_hcp_contact_pressure"
Measure = Callable[..., pd.DataFrame]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_figure_equals_a_direct_summation(measure: Measure, seed: int) -> None:
    histories = world(seed, size=120)
    built = measure(histories, QUALITY).join(measure(histories, PRESSURE), rsuffix="_pressure")
    expected = pd.DataFrame(
        [
            {"hcp_key": hcp, "as_of_on": as_of, "eqs_scope": scope}
            | oracle.measure(histories[hcp], scope, datetime.fromisoformat(str(as_of)))
            for hcp, as_of, scope in built.index
        ]
    ).set_index(["hcp_key", "as_of_on", "eqs_scope"])
    for column in expected:
        np.testing.assert_allclose(
            built[column].astype(float), expected[column].astype(float), atol=2e-6, rtol=0, err_msg=str(column)
        )


def test_a_change_is_the_difference_to_the_score_ninety_days_before(measure: Measure) -> None:
    histories = world(4, size=60)
    early, late = datetime(2025, 9, 1), datetime(2025, 11, 30)
    scores = measure(histories, QUALITY, as_of=[early, late]).reset_index()
    by_date = scores.pivot(index=["hcp_key", "eqs_scope"], columns="as_of_on", values="eqs_score")
    changes = scores[scores["as_of_on"] == pd.Timestamp(late)].set_index(["hcp_key", "eqs_scope"])["eqs_change_90d"]
    np.testing.assert_allclose(changes, by_date[pd.Timestamp(late)] - by_date[pd.Timestamp(early)], atol=2e-6)


def test_rates_stand_inside_their_bounds(measure: Measure) -> None:
    for mart in (measure(world(5), QUALITY), measure(world(5), PRESSURE)):
        for rate in [c.removesuffix("_eb") for c in mart.columns if c.endswith("_eb")]:
            rows = mart[mart[f"{rate}_eb"].notna()]
            assert (rows[f"{rate}_lo95"] <= rows[f"{rate}_eb"]).all(), rate
            assert (rows[f"{rate}_eb"] <= rows[f"{rate}_hi95"]).all(), rate
            assert (rows[f"{rate}_lo95"] >= 0).all() and (rows[f"{rate}_hi95"] <= 100).all(), rate
