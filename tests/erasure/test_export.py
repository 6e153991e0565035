"""Right of access: everything about one person, nothing about another, for its owner's eyes alone."""

import csv
from pathlib import Path

import pytest

from erasure.errors import FolderNotEmpty, PersonAmbiguous, PersonUnknown, RequestsUnreadable
from erasure.export import export_person
from erasure.people import Request, read_requests
from tests.erasure.house import ADA, BEN, House

ACCOUNTS = "veeva_crm/Account"


@pytest.fixture
def two(house: House) -> House:
    house.deliver(
        ACCOUNTS,
        "20260101T000000Z.csv",
        "Id,IsPersonAccount,LastName,drift",
        f"{ADA},true,Fictional,x",
        f"{BEN},true,Invented,y",
    )
    house.receive()
    house.know_two(touchpoints=[("t-ada", "key-a"), ("t-ben", "key-b")])
    return house


def exported(house: House, out: Path, *requests: Request) -> dict[str, int]:
    return dict(export_person(house.home.settings, list(requests or [Request("R1", "veeva_crm_account", ADA)]), out))


def test_one_persons_rows_are_written_with_their_columns_and_listed(two: House, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert exported(two, out) == {"deliveries/veeva_crm.Account.csv": 1}
    with (out / "deliveries" / "veeva_crm.Account.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["Id"], row["LastName"], row["drift"], row["_delivery"]) == (
        ADA,
        "Fictional",
        "x",
        "20260101T000000Z.csv",
    )
    assert "deliveries/veeva_crm.Account.csv" in (out / "README.md").read_text()
    assert "Invented" not in "".join(path.read_text() for path in out.rglob("*") if path.is_file())


def test_the_files_are_their_owners_alone(two: House, tmp_path: Path) -> None:
    out = tmp_path / "out"
    exported(two, out)
    modes = {path.is_dir(): path.stat().st_mode & 0o777 for path in (out, *out.rglob("*"))}
    assert modes == {True: 0o700, False: 0o600}


def test_it_stops_with_a_sentence_where_there_is_nobody_or_more_than_one_or_no_room(two: House, tmp_path: Path) -> None:
    with pytest.raises(PersonUnknown):
        exported(two, tmp_path / "out", Request("R1", "npi", "1987654328"))
    with pytest.raises(PersonAmbiguous):
        exported(
            two,
            tmp_path / "out",
            Request("R1", "veeva_crm_account", ADA),
            Request("R2", "veeva_crm_account", BEN),
        )
    assert not (tmp_path / "out").exists()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "x").touch()
    with pytest.raises(FolderNotEmpty):
        exported(two, tmp_path / "out")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("id_type,id_value\n", "line 1"),
        ("request_id,id_type,id_value\nR1,npi,\n", "line 2"),
        ("request_id,id_type,id_value\nR1,shoe_size,4711-0815\n", "line 2"),
        ("request_id,id_type,id_value\nR1,npi,4711-08150\n", "line 2"),
        ("request_id,id_type,id_value\nR1,email,Ada 4711-0815 <ada@example.org>\n", "line 2"),
        ("request_id,id_type,id_value,requested_at\nR1,npi,4711-0815,soon\n", "line 2"),
    ],
)
def test_a_bad_request_file_is_refused_by_line_and_without_the_id(tmp_path: Path, text: str, place: str) -> None:
    path = tmp_path / "requests.csv"
    path.write_text(text)
    with pytest.raises(RequestsUnreadable, match=place) as refused:
        read_requests(path)
    assert "4711" not in str(refused.value)


def test_no_id_shows_in_the_representation_of_a_request_or_person(two: House) -> None:
    (person,) = two.find("veeva_crm_account", ADA)
    assert ADA not in repr(person) and ADA not in repr(Request("R1", "veeva_crm_account", ADA))
