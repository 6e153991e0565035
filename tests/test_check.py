"""The first day with one's own files, through the command line: what `check` and `init` say must be enough to mend things."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.conftest import Home

pytestmark = pytest.mark.warehouse

SECRET, EMAIL = "Zaphirabeth", "zaphira.canary@example.org"
ACCOUNTS = "Id,IsPersonAccount,FirstName,LastName,PersonEmail,Specialty,IsDeleted\n"
CALLS = "Id,Account_vod__c,State,Call_Channel_vod__c,Call_Date_vod__c,Attendee_Type_vod__c\n"
CALL = f"a04EX0000000001YAA,001EX0000000001YAA,{SECRET},Phone_vod,2026-01-05,Person_Account_vod\n"
CONSENTS = "Id;Account_vod__c;Opt_Type_vod__c;Capture_Datetime_vod__c;RecordTypeId\n"
CONSENT = "a0CEX0000000001YAA;001EX0000000001YAA;Opt_In_vod;2026-01-01T00:00:00Z;Approved_Email_vod\n"
SENT = "JobID,ListID,BatchID,SubscriberID,EventDate\n"
WHEN = "20260106T000000Z"


@pytest.fixture(scope="module")
def mess(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Wrong folders, wrong names, wrong columns, another delimiter and encoding, broken files, half a system."""
    home = Home.make(tmp_path_factory.mktemp("mess") / "home")
    home.deliver(
        "veeva_crm", "Account", f"{WHEN}.csv", ACCOUNTS + f"001EX0000000001YAA,true,{SECRET},Fictional,{EMAIL},,false\n"
    )
    home.deliver("veeva_crm", "Account", "accounts_2026-01-07.csv", ACCOUNTS)
    home.deliver("veeva_crm", "Call2_vod__c", f"{WHEN}.csv", CALLS + CALL)
    home.deliver("veeva_crm", "Multichannel_Consent_vod__c", f"{WHEN}.csv", CONSENTS + CONSENT)
    home.deliver("veeva_crm", "User", f"{WHEN}.csv", f"name,age\n{SECRET},44\n")
    home.deliver("veeva", "calls", f"{WHEN}.csv", CALLS + CALL)
    home.deliver("veeva_crm", "Sent_Email_vod__c/2026", f"{WHEN}.csv", "Id\n1\n")
    home.deliver("Key_Message_vod__c", ".", f"{WHEN}.csv", "Id\n1\n")
    home.deliver("sfmc", "sent", f"{WHEN}.csv", SENT)
    home.deliver(
        "sfmc", "Sent", f"{WHEN}.csv", SENT + f"1,2,3,4,2026-01-01 10:00:00\n1,2,3,{SECRET},{EMAIL}\n,2,3,6,2026-01-01 10:00:00\n1,2\n"
    )  # fmt: skip
    home.deliver(
        "sfmc", "Subscribers", f"{WHEN}.csv", f"SubscriberID,SubscriberKey,EmailAddress\n1,é,{EMAIL}\n".encode("cp1252")
    )
    home.deliver("zoom", "participants", f"{WHEN}.json", f'{{"id": "1", "participants": [{{"name": "{SECRET}"}}]}}')
    home.deliver("zoom", "webinar", f"{WHEN}.json", f'{{"id": "1", "topic": "{SECRET}')
    return home


@pytest.fixture(scope="module")
def before(mess: Home) -> list[tuple[str, int]]:
    return contents(mess.settings.home)


@pytest.fixture(scope="module")
def checked(mess: Home, before: list[tuple[str, int]]) -> subprocess.CompletedProcess[str]:
    return mess.rapport("check")


def contents(folder: Path) -> list[tuple[str, int]]:
    return sorted((str(path), path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file())


def part(checked: subprocess.CompletedProcess[str], place: str) -> str:
    """What is said about one folder."""
    found = re.search(rf"^{re.escape(place)}  .*\n(?:^ +.*\n)*", checked.stdout, re.M)
    assert found, checked.stdout + checked.stderr
    return found.group()


def test_check_says_that_not_all_would_load_and_writes_nothing(
    mess: Home, before: list[tuple[str, int]], checked: subprocess.CompletedProcess[str]
) -> None:
    assert checked.returncode == 1 and "nothing was published" in checked.stdout
    assert contents(mess.settings.home) == before


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("veeva_crm/Account", "rename it to 20260107T000000Z.csv"),
        ("veeva_crm/Account", "Specialty looks like Specialty_1_vod__c"),
        ("veeva_crm/Call2_vod__c", "required column missing: Status_vod__c"),
        ("veeva_crm/Call2_vod__c", "the file's State looks like Status_vod__c"),
        ("veeva_crm/Multichannel_Consent_vod__c", "it can be read with delimiter ';'"),
        ("veeva_crm/User", "its columns are not those of veeva_crm/User: does it lie in the right folder?"),
        ("veeva/calls", "if this is veeva_crm/Call2_vod__c, move it to veeva_crm/Call2_vod__c/"),
        ("veeva_crm/Sent_Email_vod__c/2026", "move it to veeva_crm/Sent_Email_vod__c/"),
        ("Key_Message_vod__c", "move it to veeva_crm/Key_Message_vod__c/"),
        ("sfmc/sent", "move it to sfmc/Sent/"),
        ("sfmc/Sent", "1 row to quarantine: unparsable_date in EventDate; first in 20260106T000000Z.csv, data row 2"),
        ("sfmc/Sent", "1 row to quarantine: null_key in JobID; first in 20260106T000000Z.csv, data row 3"),
        ("sfmc/Sent", "1 row to quarantine: field_count; first in 20260106T000000Z.csv, data row 4"),
        ("sfmc/Subscribers", "not utf-8 at byte 42"),
        ("sfmc/Subscribers", "it can be read with encoding 'windows-1252'"),
        ("zoom/participants", "each page must carry uuid, id, and its records under participants"),
        ("zoom/webinar", "the JSON ends early, at byte"),
    ],
)
def test_check_says_what_is_wrong_and_the_way_out(
    place: str, words: str, checked: subprocess.CompletedProcess[str]
) -> None:
    assert words in re.sub(r"\s+", " ", part(checked, place))


def test_check_names_what_is_missing_of_half_a_system_and_what_will_be_empty(
    checked: subprocess.CompletedProcess[str],
) -> None:
    missing = checked.stdout.partition("Not delivered")[2]
    assert "sfmc/Click: marketing mails have no answer" in missing and "reference/teams" in missing
    assert "veeva_crm/Account" not in missing


def test_no_cell_value_is_shown(checked: subprocess.CompletedProcess[str]) -> None:
    assert [text for text in (SECRET, EMAIL) if text in checked.stdout + checked.stderr] == []


def test_with_the_lines_for_feeds_yml_the_refused_files_load(
    mess: Home, checked: subprocess.CompletedProcess[str], tmp_path: Path
) -> None:
    lines = checked.stdout.partition("if you agree with each:")[2].partition(" files, ")[0].rpartition("\n")[0]
    settings = yaml.safe_load(lines)
    assert settings["veeva_crm"]["Call2_vod__c"] == {"columns": {"Status_vod__c": "State"}}
    assert settings["sfmc"]["Subscribers"] == {"encoding": "windows-1252"}
    mended = Home.make(tmp_path / "home")
    (mended.settings.home / "feeds.yml").write_text(lines)
    for name in ("Account", "Call2_vod__c", "Multichannel_Consent_vod__c"):
        path = mess.landing / "veeva_crm" / name / f"{WHEN}.csv"
        mended.deliver("veeva_crm", name, path.name, path.read_text().replace(SECRET, "Submitted_vod"))
    path = mess.landing / "sfmc" / "Subscribers" / f"{WHEN}.csv"
    mended.deliver("sfmc", "Subscribers", path.name, path.read_bytes())
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    done = mended.rapport("check", str(mended.landing), TMPDIR=str(temporary))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "All would load" in done.stdout
    assert list(temporary.rglob("*")) == [], "the temporary home must be gone"


def test_an_empty_landing_folder_is_no_success(home: Home) -> None:
    done = home.rapport("check")
    assert done.returncode == 1 and "no finished file" in done.stdout


def test_init_makes_home_key_and_feeds_and_changes_nothing_that_exists(home: Home) -> None:
    home.settings.key_file.unlink()
    first = home.rapport("init", RAPPORT_ENV="production")
    assert first.returncode == 0 and "Made: key, feeds.yml" in first.stdout, first.stdout + first.stderr
    assert home.settings.key_file.stat().st_mode & 0o777 == 0o600
    feeds = home.settings.home / "feeds.yml"
    assert yaml.safe_load(feeds.read_text()) is None, "all of it is commented out"
    from deliveries.registry import OVERRIDES

    assert [setting for setting in OVERRIDES if f"{setting}:" not in feeds.read_text()] == []
    feeds.write_text("# mine\n")
    again = home.rapport("init")
    assert "nothing was changed" in again.stdout and feeds.read_text() == "# mine\n"
    for words in ("Call2_vod__c (.csv)", "rapport check", "Back up", "Restore", str(home.landing)):
        assert words in again.stdout
