"""What vendors' files look like: ids, check digits, addresses, times, pages."""

import json
import re
from datetime import datetime

import pandas as pd
import pytest

from tests.simulator.conftest import Sample

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def check_characters(id15: str) -> str:
    """Three characters that spell which of the fifteen are capitals, five at a time."""
    chunks = (id15[0:5], id15[5:10], id15[10:15])
    return "".join(ALPHABET[sum(1 << place for place, c in enumerate(chunk) if "A" <= c <= "Z")] for chunk in chunks)


def is_npi(text: str) -> bool:
    digits = [int(c) for c in "80840" + text][::-1]
    total = sum(sum(divmod(d * 2, 10)) if place % 2 else d for place, d in enumerate(digits))
    return len(text) == 10 and text[0] in "12" and total % 10 == 0


def test_check_rules_on_known_values() -> None:
    assert check_characters("a0QEX0000000001") == "2AA"
    assert is_npi("1234567893")
    assert not is_npi("1234567898")


@pytest.mark.parametrize(
    "name", ["Account", "User", "Call2_vod__c", "Sent_Email_vod__c", "Multichannel_Consent_vod__c"]
)
def test_salesforce_ids_carry_their_check_characters(sample: Sample, name: str) -> None:
    ids = sample.csv("veeva_crm", name)["Id"].drop_duplicates()
    assert all(len(i) == 18 and i[15:] == check_characters(i[:15]) for i in ids)


def test_some_ids_differ_only_by_case(sample: Sample) -> None:
    ids = sample.csv("veeva_crm", "Account")["Id"].drop_duplicates().str[:15]
    assert ids.str.lower().nunique() < ids.nunique()


def test_npis_are_valid_apart_from_planted_typos(sample: Sample) -> None:
    npis = sample.csv("veeva_crm", "Account")["NPI_vod__c"].dropna().drop_duplicates()
    wrong = [npi for npi in npis if not is_npi(npi)]
    assert 0 < len(wrong) < len(npis) * 0.05
    assert all(is_npi(npi) for npi in sample.truth("hcps")["npi"].dropna())
    # never issued: the first digit of every number given out so far is 1
    assert set(sample.truth("hcps")["npi"].dropna().str[0]) == {"2"}


def test_some_typos_pass_the_check_digit(sample: Sample) -> None:
    account = sample.csv("veeva_crm", "Account").dropna(subset=["NPI_vod__c"])
    ids = sample.truth("person_ids").query("system == 'veeva_crm'").set_index("id_value")["person_id"]
    true = sample.truth("hcps").set_index("person_id")["npi"]
    wrong = account[account["NPI_vod__c"] != account["Id"].map(ids).map(true)]
    assert wrong["NPI_vod__c"].map(is_npi).any()


def test_no_address_outside_example_org(sample: Sample) -> None:
    found: set[str] = set()
    for path in sample.landing.rglob("*"):
        if path.is_file():
            found |= {
                domain.lower() for domain in re.findall(r"[\w.+-]+@([\w.-]+\w)", path.read_text(encoding="utf-8"))
            }
    assert found == {"example.org"}


def test_file_names_are_instants(sample: Sample) -> None:
    names = [path.name for path in sample.landing.rglob("*Z*")]
    assert names
    for name in names:
        datetime.strptime(name[:16], "%Y%m%dT%H%M%SZ")
    assert {"again", "late", "part1", "part2", "deletes", "full"} <= {
        w for n in names for w in re.split(r"[_.]", n)[1:-1]
    }


def test_no_windowed_delivery_is_full(sample: Sample) -> None:
    assert not list((sample.landing / "sfmc").rglob("*_full*"))


def test_marketing_times_have_no_zone_and_are_six_hours_behind(sample: Sample) -> None:
    sent = sample.csv("sfmc", "Sent")
    assert sent["EventDate"].str.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d").all()
    truth = sample.truth("pushes").query("system == 'sfmc'")
    utc = pd.to_datetime(sent["EventDate"]) + pd.Timedelta(hours=6)
    assert set(truth["sent_at"]) <= set(utc)


def test_zoom_pages_carry_both_ids(sample: Sample) -> None:
    for name in ("webinar", "registrants", "participants"):
        for path in sample.files("zoom", name):
            assert all(page["id"] and page["uuid"] for page in json.loads(path.read_text(encoding="utf-8")))


def test_content_is_known_by_the_ids_of_the_feeds(sample: Sample) -> None:
    content = sample.csv("reference", "content")
    templates = sample.csv("veeva_crm", "Sent_Email_vod__c")["Approved_Email_Template_vod__c"].dropna()
    messages = sample.csv("veeva_crm", "Call2_Key_Message_vod__c")["Key_Message_vod__c"].dropna()
    assert set(templates) | set(messages) <= set(content["content_id"])
    jobs = sample.csv("sfmc", "Job").query("SendClassificationType == 'Default Commercial' and TestEmailAddr.isna()")
    pages = [page for path in sample.files("zoom", "webinar") for page in json.loads(path.read_text(encoding="utf-8"))]
    titles = {page["topic"] for page in pages if page["type"] == 5}  # a meeting's title is the host's own
    assert set(jobs["EmailName"]) | titles <= set(content["title_code"])
    assert set(content["content_type"]) == {"product", "disease", "education", "tools"}
