"""No personal value leaves landing, raw, quarantine and the warehouse: not in a good run, not in any kind of failure."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.settings import PROJECT_DIR
from tests.conftest import Home
from tests.leaks import places_of

pytestmark = pytest.mark.warehouse

NPI, PROFILE, LICENCE, PHONE = "1912345679", "900000417", "NY-7741852", "+1-555-0173-4417"
EMAIL, FIRST, LAST = "zaphira.canary@example.org", "Zaphirabeth", "Quillfeather"
COMMENT = "Zaphirabeth said her patient felt dizzy"
CANARIES = [NPI, PROFILE, LICENCE, PHONE, EMAIL, FIRST, LAST, "zaphira", "felt dizzy", "001EX0000000417YAA"]
KEPT_FROM_READERS = ("landing", "raw", "quarantine", "warehouse", "secrets")

BROKEN_MODEL = "select cast(email as integer) as number from {{ ref('stg_veeva_crm__accounts') }}\n"
BROKEN_RULE = """
id: {id}
title: A rule that blocks
theme: privacy
severity: critical
policy_reference: none
audits: [marts]
table: core.dim_hcps
failing: {failing}
example_breach: none
"""
BROKEN_RULES = {
    "TEST-NO-COLUMN": "select email from core.dim_hcps",
    "TEST-CAST": "select cast(hcp_key as integer) from core.dim_hcps",
    "TEST-BREACH": "select 1 from core.dim_hcps",
}


@pytest.fixture
def planted(home: Home) -> Home:
    home.deliver(
        "veeva_crm", "Account", "20260301T000000Z.csv",
        "Id,IsPersonAccount,FirstName,LastName,PersonEmail,Phone,PersonMailingCountryCode,NPI_vod__c,ID_vod__c,IsDeleted\n"
        f"001EX0000000417YAA,true,{FIRST},{LAST},{EMAIL},{PHONE},US,{NPI},{LICENCE},false\n",
    )  # fmt: skip
    home.deliver(
        "veeva_crm", "Call2_vod__c", "20260301T000000Z.csv",
        "Id,Attendee_Type_vod__c,Account_vod__c,Status_vod__c,Call_Channel_vod__c,Call_Date_vod__c,Call_Comments_vod__c,"
        "Parent_Call_vod__c,IsDeleted\n"
        f"a04EX0000000001YAA,Person_Account_vod,001EX0000000417YAA,Submitted_vod,Phone_vod,2026-02-01,{COMMENT},,false\n"
        f"a04EX0000000002YAA,Person_Account_vod,001EX0000000417YAA,{EMAIL},Phone_vod,{LAST},{COMMENT},,false\n",
    )  # fmt: skip
    home.deliver(
        "zoom", "webinar", "20260301T000000Z.json",
        json.dumps({"id": "88", "uuid": "uu==", "topic": "Invented", "start_time": "2026-02-03T18:00:00Z",
                    "end_time": "2026-02-03T19:00:00Z", "user_email": EMAIL}),
    )  # fmt: skip
    home.deliver(
        "zoom", "participants", "20260301T000000Z.json",
        json.dumps({"id": "88", "uuid": "uu==", "participants": [
            {"id": "", "user_id": "16", "name": f"{FIRST} {LAST}", "user_email": EMAIL, "join_time": "2026-02-03T18:02:00Z",
             "leave_time": "2026-02-03T18:50:00Z", "duration": 2880}]}),
    )  # fmt: skip
    home.deliver(
        "sfmc", "Subscribers", "20260301T000000Z.csv", f"SubscriberID,EmailAddress,SubscriberKey\n1,{EMAIL},{EMAIL}\n"
    )
    home.deliver(
        "sfmc", "Sent", "20260301T000000Z.csv", f"JobID,{EMAIL}\n{NPI},{LAST}"
    )  # refused: columns and an early end
    home.deliver(
        "cms_open_payments", "general", "20260301T000000Z.csv",
        "Record_ID,Covered_Recipient_Profile_ID,Covered_Recipient_NPI,Covered_Recipient_First_Name,"
        "Applicable_Manufacturer_or_Applicable_GPO_Making_Payment_ID,"
        "Applicable_Manufacturer_or_Applicable_GPO_Making_Payment_Name,Total_Amount_of_Payment_USDollars,Date_of_Payment,"
        "Form_of_Payment_or_Transfer_of_Value,Nature_of_Payment_or_Transfer_of_Value\n"
        f"55,{PROFILE},{NPI},{FIRST},100,Invented Pharma,10.00,02/04/2026,In-kind items and services,Food and Beverage\n",
    )  # fmt: skip
    return home


def leaks(home: Home, *further: Path) -> list[tuple[str, str]]:
    folders = [path for path in home.settings.home.iterdir() if path.name not in KEPT_FROM_READERS]
    assert {folder.name for folder in folders} >= {"state", "logs", "releases"}
    return places_of(CANARIES, *folders, *further)


def run_changed_project(home: Home, folder: Path, files: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the job from a copy of the project that has more files."""
    skip = shutil.ignore_patterns(".git", ".venv", "home", "__pycache__", ".*_cache", "tests")
    shutil.copytree(PROJECT_DIR, folder, ignore=skip)
    for file, content in files.items():
        (folder / file).write_text(content)
    environment = {**os.environ, **home.settings.environment(), "PYTHONPATH": str(folder)}
    environment |= {"DBT_PROJECT_DIR": str(folder), "DBT_PROFILES_DIR": str(folder)}
    command = [sys.executable, "-m", "orchestration.cli", "run", "--as-of", "2026-03-02"]
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)


def test_a_good_run_with_refusals_and_quarantine_leaks_nothing(planted: Home) -> None:
    done = planted.run("2026-03-02")
    status = planted.rapport("status")
    assert [text for text in CANARIES if text in done.stdout + done.stderr + status.stdout + status.stderr] == []
    assert leaks(planted) == []
    assert places_of([EMAIL], planted.settings.warehouse.parent), "the search itself must find what is there"


def test_a_failing_model_leaks_nothing_and_publishes_nothing(planted: Home, tmp_path: Path) -> None:
    files = {"models/staging/stg_veeva_crm__broken.sql": BROKEN_MODEL}
    broken = run_changed_project(planted, tmp_path / "project", files)
    assert broken.returncode != 0 and not planted.current.exists()
    assert "stg_veeva_crm__broken" in broken.stdout + broken.stderr
    assert [text for text in CANARIES if text in broken.stdout + broken.stderr] == []
    assert leaks(planted) == []


def test_failing_and_erroring_rules_block_and_leak_nothing(planted: Home, tmp_path: Path) -> None:
    files = {
        f"expectations/policy/{name.lower()}.yml": BROKEN_RULE.format(id=name, failing=failing)
        for name, failing in BROKEN_RULES.items()
    }
    blocked = run_changed_project(planted, tmp_path / "project", files)
    assert blocked.returncode != 0 and not planted.current.exists()
    assert [name for name in BROKEN_RULES if name not in blocked.stdout + blocked.stderr] == []
    assert [text for text in CANARIES if text in blocked.stdout + blocked.stderr] == []
    assert leaks(planted) == []
