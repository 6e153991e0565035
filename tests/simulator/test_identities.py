"""Planted identity: who is whom is known of every id, and each difficulty stands in the deliveries and in the truth."""

import json
from collections import Counter

import pandas as pd
import pytest

from tests.simulator.conftest import Sample, Simulate
from tests.simulator.test_shapes import is_npi

PLANTS = {
    "couple_mailbox", "deleted_placeholder", "double_account", "married_name", "moved", "namesake", "nickname", "npi_check_fails",
    "npi_nobodys", "npi_of_another", "personal_address", "shared_mailbox", "split_profile", "twin", "typo", "wrong_merge",
}  # fmt: skip


@pytest.fixture(scope="session")
def plants(sample: Sample) -> pd.DataFrame:
    return sample.truth("identity_plants")


@pytest.fixture(scope="session")
def accounts(sample: Sample) -> pd.DataFrame:
    """Every delivered version of every person account, with its person."""
    rows = sample.csv("veeva_crm", "Account").query("IsPersonAccount == 'true'")
    return rows.assign(person_id=rows["Id"].map(person_of(sample, "veeva_crm_account")))


@pytest.fixture(scope="session")
def registrations(sample: Sample) -> pd.DataFrame:
    pages = [
        page for path in sample.files("zoom", "registrants") for page in json.loads(path.read_text(encoding="utf-8"))
    ]
    rows = pd.DataFrame([record for page in pages for record in page["registrants"]]).drop_duplicates("id")
    return rows.assign(person_id=rows["id"].map(person_of(sample, "zoom_registrant")))


def person_of(sample: Sample, id_type: str) -> pd.Series:
    return sample.truth("person_ids").query("id_type == @id_type").set_index("id_value")["person_id"]


def on(plants: pd.DataFrame, plant: str) -> set[int]:
    return set(plants.loc[plants["plant"] == plant, "person_id"])


def test_every_difficulty_is_planted_once_per_person(plants: pd.DataFrame) -> None:
    assert set(plants["plant"]) == PLANTS
    assert not plants.duplicated().any()


def test_every_id_of_every_feed_is_somebodys(sample: Sample, registrations: pd.DataFrame) -> None:
    ids = sample.truth("person_ids").drop_duplicates()
    assert not ids.duplicated(["system", "id_type", "id_value"]).any()
    known = {id_type: set(values) for id_type, values in ids.groupby("id_type")["id_value"]}
    payments = sample.csv("cms_open_payments", "general")
    profiles = set(payments["Covered_Recipient_Profile_ID"].dropna()) | set(payments["Physician_Profile_ID"].dropna())
    users = {f"Example Learning|{user}" for user in sample.csv("cme_lms", "credit")["external_user_id"]}
    assert set(sample.csv("sfmc", "Subscribers")["SubscriberID"]) <= known["sfmc_subscriber"]
    assert profiles <= known["open_payments_profile"] and users <= known["lms_user"]
    assert set(registrations["id"]) <= known["zoom_registrant"]
    assert set(sample.csv("cms_clinicians", "national")["NPI"]) <= known["npi"]


def test_names_are_skewed_and_towns_keep_to_their_state_and_codes(accounts: pd.DataFrame) -> None:
    latest = accounts.drop_duplicates("Id")
    shares = latest["LastName"].value_counts(normalize=True)
    assert shares.iloc[0] > 0.02 and (shares < 2 / len(latest)).sum() > 100
    assert 0.4 < (latest["Gender_vod__c"] == "F_vod").mean() < 0.6
    american = latest[latest["PersonMailingState"].notna()]
    common = Counter(american["PersonMailingCity"])
    of_town = american[american["PersonMailingCity"].map(common) > 1].groupby("PersonMailingCity")
    assert (of_town["PersonMailingState"].nunique() == 1).all()
    assert (american.groupby("PersonMailingPostalCode")["PersonMailingState"].nunique() == 1).all()


def test_relatives_are_hard_to_tell_apart(plants: pd.DataFrame, accounts: pd.DataFrame) -> None:
    place = ["LastName", "PersonMailingCity", "Specialty_1_vod__c", "Primary_Parent_vod__c"]
    for plant, given in (("twin", False), ("namesake", True)):
        rows = accounts[accounts["person_id"].isin(on(plants, plant))].drop_duplicates("person_id")
        alike = place[:2] + place[3:] if given else place
        pairs = rows.groupby([*alike, "FirstName"] if given else alike)["person_id"].nunique()
        assert pairs.max() == 2, plant
    assert {"Sr", "Jr"} >= set(accounts["Suffix"].dropna()) > set()


def test_wrong_npis_of_three_kinds(sample: Sample, plants: pd.DataFrame, accounts: pd.DataFrame) -> None:
    true = sample.truth("hcps").set_index("person_id")["npi"]
    held = accounts.dropna(subset=["NPI_vod__c"]).groupby("person_id")["NPI_vod__c"].first()

    def of(plant: str) -> pd.Series:
        return held[held.index.isin(on(plants, plant))]

    assert len(of("npi_check_fails")) and not of("npi_check_fails").map(is_npi).any()
    assert len(of("npi_nobodys")) and of("npi_nobodys").map(is_npi).all() and not of("npi_nobodys").isin(true).any()
    assert of("npi_of_another").isin(true).all() and (of("npi_of_another") != true[of("npi_of_another").index]).all()
    planted = on(plants, "npi_check_fails") | on(plants, "npi_nobodys") | on(plants, "npi_of_another")
    assert set(held[held != true.reindex(held.index)].index) == planted & set(held.index)


def test_mailboxes_of_many_of_two_and_of_nobody(accounts: pd.DataFrame, plants: pd.DataFrame) -> None:
    holders = accounts.groupby("PersonEmail")["person_id"].nunique()
    practices = holders[holders.index.str.startswith("practice.")]
    assert practices.max() > 4 and practices.min() >= 1
    assert holders["info@example.org"] > 0 if "info@example.org" in holders else True
    placeholders = accounts[accounts["PersonEmail"] == "user-deleted@example.org"]["person_id"]
    assert set(placeholders) == on(plants, "deleted_placeholder")
    couple = accounts[accounts["person_id"].isin(on(plants, "couple_mailbox"))].drop_duplicates("person_id")
    assert (couple.groupby("LastName")["PersonEmail"].nunique() == 1).any()


def test_former_names_and_old_towns_live_on_in_some_feeds(
    sample: Sample, plants: pd.DataFrame, accounts: pd.DataFrame, registrations: pd.DataFrame
) -> None:
    crm = accounts.groupby("person_id")[["LastName", "PersonMailingCity"]].agg(set)
    typed = registrations[registrations["person_id"].isin(crm.index)]
    for plant, held, given in (("married_name", "LastName", "last_name"), ("moved", "PersonMailingCity", "city")):
        rows = typed[typed["person_id"].isin(on(plants, plant))]
        differs = [
            cell not in crm.at[person, held] for person, cell in zip(rows["person_id"], rows[given], strict=True)
        ]
        assert any(differs) and not all(differs), plant
    assert sample.csv("nppes", "npidata")["Provider Other Last Name"].notna().any()


def test_a_personal_address_comes_back_on_other_platforms(sample: Sample, registrations: pd.DataFrame) -> None:
    crm = set(sample.csv("veeva_crm", "Account")["PersonEmail"].dropna())
    elsewhere = sample.csv("cme_lms", "credit").drop_duplicates("external_user_id")
    who = elsewhere["external_user_id"].map(lambda user: f"Example Learning|{user}").map(person_of(sample, "lms_user"))
    private = {(person, mail) for person, mail in zip(who, elsewhere["external_mail"], strict=True) if mail not in crm}
    typed = set(zip(registrations["person_id"], registrations["email"].str.lower(), strict=True))
    assert private & typed and private - typed


def test_payments_come_in_the_older_layout_without_npi_too(sample: Sample) -> None:
    parts = [pd.read_csv(path, dtype=str, nrows=0).columns for path in sample.files("cms_open_payments", "general")]
    assert sum("Physician_Profile_ID" in columns for columns in parts) == 1
    assert all(("Physician_Profile_ID" in c) != ("Covered_Recipient_NPI" in c) for c in parts)


def test_matching_is_as_hard_as_in_the_prototype(simulate: Simulate) -> None:
    """Pairs of CRM, webinar and payment records: a name alone is not enough, a name and a town nearly is."""
    run = simulate(hcps=5000, days=90)
    accounts = run.csv("veeva_crm", "Account").query("IsPersonAccount == 'true'").drop_duplicates("Id", keep="last")
    columns = ["person", "given", "family", "city", "specialty"]
    crm = accounts[["Id", "FirstName", "LastName", "PersonMailingCity", "Specialty_1_vod__c"]].set_axis(columns, axis=1)
    crm["person"] = crm["person"].map(person_of(run, "veeva_crm_account"))
    pages = [page for path in run.files("zoom", "registrants") for page in json.loads(path.read_text(encoding="utf-8"))]
    typed = pd.DataFrame([record for page in pages for record in page["registrants"]])
    zoom = typed[["id", "first_name", "last_name", "city"]].set_axis(columns[:4], axis=1)
    zoom["person"] = zoom["person"].map(person_of(run, "zoom_registrant"))
    rows = pd.concat([crm, zoom])

    def precision(*keys: str) -> float:
        known = rows.dropna(subset=list(keys))
        found = known.groupby(list(keys)).size()
        right = known.groupby([*keys, "person"]).size()
        return float((right * (right - 1)).sum() / (found * (found - 1)).sum())

    assert 0.15 < precision("given", "family") < 0.7
    assert 0.96 < precision("given", "family", "city") < 0.999
