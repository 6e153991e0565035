"""The registry is one declaration; the operator's overrides change it within limits (ruling 8)."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from deliveries import RegistryInvalid
from deliveries.registry import load_overrides
from orchestration.settings import PROJECT_DIR
from tests.deliveries.conftest import DETAIL, REGISTRY, Box, details


def test_every_object_and_column_is_described() -> None:
    assert [o.name for o in REGISTRY.objects if len(o.description) < 10] == []
    assert [(o.name, c.name) for o in REGISTRY.objects for c in o.columns if len(c.description) < 3] == []


def test_every_key_column_is_required_unless_the_vendor_lets_it_be_empty() -> None:
    for o in REGISTRY.objects:
        required = {c.name for c in o.columns if c.required}
        assert set(o.key) - set(o.nullable_key) <= required, o.name


def test_types_are_those_that_staging_can_parse() -> None:
    known = {"text", "date", "date_us", "timestamp", "timestamp_us", "integer", "decimal", "boolean", "json"}
    assert {c.type for o in REGISTRY.objects for c in o.columns} <= known


def test_every_word_of_the_registry_is_explained_in_one_place() -> None:
    text = (PROJECT_DIR / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("### The words of the registry")[2]
    explained = set(
        re.findall(r"[a-z_]+", " ".join(re.findall(r"^\|([^|]*)\|", text.partition("\n## ")[0], re.MULTILINE)))
    )
    used: set[str] = set()
    for path in PROJECT_DIR.glob("models/staging/*/_*__sources.yml"):
        for source in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)["sources"]:
            for node in (source, *source["tables"], *(c for t in source["tables"] for c in t.get("columns", ()))):
                used |= set((node.get("config") or {}).get("meta") or {})
    assert len(used) > 30
    assert used <= explained


def test_no_object_names_a_column_twice() -> None:
    for o in REGISTRY.objects:
        names = [(c.in_head, n.lower()) for c in o.columns for n in (c.name, *c.aliases)]
        assert len(names) == len(set(names)), o.name


def test_secrets_and_signatures_never_reach_raw() -> None:
    kept = {c.name for o in REGISTRY.objects for c in o.loaded}
    assert not kept & {
        "Signature_vod__c",
        "Email_Content_vod__c",
        "Email_Content2_vod__c",
        "join_url",
        "start_url",
        "password",
    }


def test_marketing_cloud_runs_on_a_clock_without_daylight_saving_and_shows_a_window() -> None:
    for o in REGISTRY.objects:
        if o.system == "sfmc":
            assert (o.time_zone, o.windowed) == ("Etc/GMT+6", True)


@pytest.mark.parametrize(
    ("overrides", "complaint"),
    [
        ({"veeva_crm": {"Nothing": {}}}, "no object veeva_crm/Nothing"),
        ({"veeva_crm": {"Account": {"colour": "red"}}}, "unknown setting colour"),
        ({"veeva_crm": {"Account": {"columns": {"Nothing": "x"}}}}, "no column Nothing"),
        ({"veeva_crm": {"Account": {"encoding": "klingon"}}}, "unknown encoding"),
        ({"veeva_crm": {"Account": {"delimiter": ";;"}}}, "one character"),
    ],
)
def test_an_override_that_means_nothing_is_named(
    overrides: dict[str, dict[str, dict[str, object]]], complaint: str
) -> None:
    with pytest.raises(RegistryInvalid, match=complaint):
        REGISTRY.overridden(overrides)


def test_an_operators_picklist_extends_the_closed_list() -> None:
    changed = REGISTRY.overridden({"veeva_crm": {"Call2_vod__c": {"picklists": {"Status_vod__c": ["Mine"]}}}})
    o = changed.find("veeva_crm", "Call2_vod__c")
    assert o and next(c for c in o.columns if c.name == "Status_vod__c").values[-1] == "Mine"


def test_overrides_are_read_from_the_home_when_none_are_given(box: Box, tmp_path: Path) -> None:
    box.home.mkdir()
    (box.home / "feeds.yml").write_text("veeva_crm:\n  Call2_Detail_vod__c:\n    delimiter: ';'\n")
    assert load_overrides(box.home)[DETAIL[0]][DETAIL[1]] == {"delimiter": ";"}
    import deliveries

    box.deliver("20260101T000000Z.csv", details("a").replace(",", ";"))
    deliveries.receive(box.landing, box.home, box.registry)
    assert box.rows() == [("a",)]


def test_settings_that_change_no_parsing_do_not_make_deliveries_be_parsed_again() -> None:
    o = REGISTRY.find(*DETAIL)
    assert o
    assert o.overridden({"time_zone": "Europe/Paris"}).fingerprint == o.fingerprint
    assert o.overridden({"delimiter": ";"}).fingerprint != o.fingerprint


def sources(system: str) -> list[dict[str, Any]]:
    text = (PROJECT_DIR / "models/staging/veeva_crm/_veeva_crm__sources.yml").read_text()
    return next(list(source["tables"]) for source in yaml.safe_load(text)["sources"] if source["name"] == system)


def test_vault_names_follow_the_rule_of_endings_unless_the_table_of_names_says_otherwise() -> None:
    call = REGISTRY.find("veeva_vault", "call2__v")
    older = REGISTRY.find("veeva_crm", "Call2_vod__c")
    assert call and older
    names = {column.name: column.aliases for column in call.columns}
    assert names["Call_Date_vod__c"] == ("call_date__v",) and names["OwnerId"] == ("ownerid__v",)
    assert names["Status_vod__c"] == ("call2_status__v",) and names["RecordTypeId"] == ("object_type__v",)
    assert names["IsDeleted"] == ()
    assert [c.name for c in call.columns] == [*(c.name for c in older.columns), "legacy_crm_id__v"]
    assert {c.name for c in call.columns if not c.load} == {c.name for c in older.columns if not c.load}


def test_every_veeva_object_has_its_vault_table() -> None:
    like = {table["config"]["meta"]["like"] for table in sources("veeva_vault")}
    assert like == {table["name"] for table in sources("veeva_crm")} - {"RecordType"}


def test_no_column_is_both_published_and_an_identifier() -> None:
    assert [(o.name, c.name) for o in REGISTRY.objects for c in o.columns if c.published and c.identifier] == []
