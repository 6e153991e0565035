"""Open Payments from the raw file to the release: transfers to the cent, and one meal however many lines report it."""

from decimal import Decimal

import pytest

from tests.conftest import Home

pytestmark = pytest.mark.warehouse

HEADER = (
    "Physician_Profile_ID,Applicable_Manufacturer_or_Applicable_GPO_Making_Payment_Name,"
    "Applicable_Manufacturer_or_Applicable_GPO_Making_Payment_ID,Total_Amount_of_Payment_USDollars,Date_of_Payment,"
    "Form_of_Payment_or_Transfer_of_Value,Record_ID,Nature_of_Payment_or_Transfer_of_Value\n"
)
FOOD, TRAVEL = "Food and Beverage", "Travel and Lodging"
ACCREDITED = (
    "Compensation for serving as faculty or as a speaker for an accredited or certified continuing education program"
)
NOT_ACCREDITED = "Compensation for serving as faculty or as a speaker for a non-accredited and noncertified continuing education program"


def line(record: str, nature: str, amount: str, on: str = "11/06/2013", profile: str = "90000001") -> str:
    return f'{profile},Invented Pharma,100000000999,{amount},{on},In-kind items and services,{record},"{nature}"\n'


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home.make(tmp_path_factory.mktemp("payments") / "home")
    lines = [
        line("71000001", FOOD, "12.50"),
        line("71000002", FOOD, "7.49"),
        line("71000003", FOOD, "0.00", on="11/07/2013"),
        line("71000004", TRAVEL, "310.10"),
        line("71000005", ACCREDITED, "1500.00", profile="90000002"),
        line("71000006", NOT_ACCREDITED, "1200.00", profile="90000003"),
    ]
    home.deliver("cms_open_payments", "general", "20140101T000000Z.csv", HEADER + "".join(lines))
    home.run("2014-01-01")
    return home


def test_every_line_is_a_transfer_and_the_total_holds_to_the_cent(released: Home) -> None:
    assert released.query("select count(*), sum(amount_usd) from core.fct_transfers_of_value") == [
        (6, Decimal("3030.09"))
    ]


def test_lines_of_one_physician_day_and_company_are_one_meal(released: Home) -> None:
    meals = released.query(
        "select business_on::text, channel, direction, response_class from core.fct_touchpoints"
        " where touchpoint_type = 'meal' order by 1"
    )
    assert meals == [
        ("2013-11-06", "face_to_face", "mutual", "human"),
        ("2013-11-07", "face_to_face", "mutual", "human"),  # a zero amount is a transfer, and for food a touch
    ]


def test_accredited_and_non_accredited_faculty_are_told_apart(released: Home) -> None:
    speaking = released.query("select purpose from core.fct_touchpoints where touchpoint_type = 'speaking' order by 1")
    assert speaking == [("education",), ("promotional",)]


def test_travel_is_value_without_a_touchpoint(released: Home) -> None:
    assert released.query("select count(*) from core.fct_touchpoints") == [(4,)]


def test_the_commercial_audience_sees_no_value_of_accredited_education(released: Home) -> None:
    assert released.query("select count(*) from core.fct_transfers_of_value", "commercial.duckdb") == [(5,)]
    assert released.query("select count(*) from core.fct_touchpoints", "commercial.duckdb") == [(3,)]
