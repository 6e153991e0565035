"""Open Payments from the raw file to the release: transfers to the cent, and one meal however many lines report it."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

import releases
from tests.building import build
from tests.conftest import Home

pytestmark = pytest.mark.warehouse

HEADER = (
    "Physician_Profile_ID,Applicable_Manufacturer_or_Applicable_GPO_Making_Payment_Name,"
    "Applicable_Manufacturer_or_Applicable_GPO_Making_Payment_ID,Total_Amount_of_Payment_USDollars,Date_of_Payment,"
    "Form_of_Payment_or_Transfer_of_Value,Record_ID,Nature_of_Payment_or_Transfer_of_Value\n"
)
HEADER_2021 = (
    "Change_Type,Covered_Recipient_Type,Covered_Recipient_Profile_ID,Covered_Recipient_NPI,Covered_Recipient_First_Name,"
    "Covered_Recipient_Last_Name,Total_Amount_of_Payment_USDollars,Date_of_Payment,Form_of_Payment_or_Transfer_of_Value,"
    "Nature_of_Payment_or_Transfer_of_Value,Applicable_Manufacturer_or_Applicable_GPO_Making_Payment_ID,"
    "Applicable_Manufacturer_or_Applicable_GPO_Making_Payment_Name,Record_ID\n"
)
FOOD, TRAVEL = "Food and Beverage", "Travel and Lodging"
ACCREDITED = (
    "Compensation for serving as faculty or as a speaker for an accredited or certified continuing education program"
)
NOT_ACCREDITED = "Compensation for serving as faculty or as a speaker for a non-accredited and noncertified continuing education program"


def line(record: str, nature: str, amount: str, on: str = "11/06/2013", profile: str = "90000001") -> str:
    return f'{profile},Invented Pharma,100000000999,{amount},{on},In-kind items and services,{record},"{nature}"\n'


def line_2021(
    record: str, amount: str, profile: str, *, change: str = "NEW", kind: str = "Physician", npi: str = ""
) -> str:
    return (
        f"{change},Covered Recipient {kind},{profile},{npi},Ada,Invented,{amount},12/30/2013,Cash or cash equivalent,"
        f'"{FOOD}",100000000888,Other Pharma,{record}\n'
    )


@pytest.fixture(scope="module")
def paid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The layout of 2021 on: a payment and its restatement, a hospital with a profile id, the same person in the older one."""
    home = Home.make(tmp_path_factory.mktemp("payments_2021") / "home")
    first = [
        line_2021("72000001", "20.00", "90000001", npi="1234567893"),
        line_2021("72000002", "500.00", "90000009", kind="Teaching Hospital"),
    ]
    home.deliver("cms_open_payments", "general", "20140101T000000Z.csv", HEADER_2021 + "".join(first))
    changed = line_2021("72000001", "21.50", "90000001", change="CHANGED", npi="1234567893")
    home.deliver("cms_open_payments", "general", "20140102T000000Z.csv", HEADER_2021 + changed)
    old = line("71000001", FOOD, "12.50", on="12/31/2013")
    home.deliver("cms_open_payments", "general", "20140102T010000Z.csv", HEADER + old)
    return build(home, date(2014, 1, 3))


def rows(database: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_a_changed_record_restates_the_payment_in_both_layouts(paid: Path) -> None:
    amounts = "select amount_usd, company from core.fct_transfers_of_value order by paid_on, amount_usd"
    assert rows(paid, amounts) == [
        (Decimal("21.50"), "Other Pharma"),
        (Decimal("500.00"), "Other Pharma"),
        (Decimal("12.50"), "Invented Pharma"),
    ]


def test_a_profile_is_one_person_in_both_layouts_and_a_hospital_is_nobody(paid: Path) -> None:
    ids = "select id_value from restricted.bridge_hcps where source_system = 'cms_open_payments'"
    assert rows(paid, ids) == [("90000001",)]
    assert rows(paid, "select count(*), count(distinct hcp_key) from core.fct_touchpoints") == [(2, 1)]


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
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
    build(home, date(2014, 1, 1))
    return releases.build_candidate(home.settings, date(2014, 1, 1)).folder


def test_every_line_is_a_transfer_and_the_total_holds_to_the_cent(released: Path) -> None:
    assert rows(released / "marts.duckdb", "select count(*), sum(amount_usd) from core.fct_transfers_of_value") == [
        (6, Decimal("3030.09"))
    ]


def test_lines_of_one_physician_day_and_company_are_one_meal(released: Path) -> None:
    meals = rows(
        released / "marts.duckdb",
        "select business_on::text, channel, direction, response_class from core.fct_touchpoints"
        " where touchpoint_type = 'meal' order by 1",
    )
    assert meals == [
        ("2013-11-06", "face_to_face", "mutual", "human"),
        ("2013-11-07", "face_to_face", "mutual", "human"),  # a zero amount is a transfer, and for food a touch
    ]


def test_accredited_and_non_accredited_faculty_are_told_apart(released: Path) -> None:
    speaking = rows(
        released / "marts.duckdb",
        "select purpose from core.fct_touchpoints where touchpoint_type = 'speaking' order by 1",
    )
    assert speaking == [("education",), ("promotional",)]


def test_travel_is_value_without_a_touchpoint(released: Path) -> None:
    assert rows(released / "marts.duckdb", "select count(*) from core.fct_touchpoints") == [(4,)]


def test_the_commercial_audience_sees_no_value_of_accredited_education(released: Path) -> None:
    assert rows(released / "commercial.duckdb", "select count(*) from core.fct_transfers_of_value") == [(5,)]
    assert rows(released / "commercial.duckdb", "select count(*) from core.fct_touchpoints") == [(3,)]
