"""The planted truth, apart from the deliveries. Studies and tests may read it; no model ever does."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from simulator import text
from simulator import vocabulary as words
from simulator.accounts import Accounts
from simulator.identities import Papers
from simulator.people import FAMILIES, People
from simulator.plan import NONE, Bools, Ints
from simulator.pushes import VERDICTS, Pushes

CONSENTS = ["global", "by_product", "pending", "no_record"]
TRACKING = ["unsaid", "granted", "refused"]


class Truth:
    """Gathers tables, and writes them only when somebody asked for them."""

    def __init__(self) -> None:
        self.tables: dict[str, list[pa.Table]] = {}

    def add(self, name: str, table: pa.Table) -> None:
        """Keeps a piece of a table."""
        self.tables.setdefault(name, []).append(table)

    def write(self, folder: Path) -> None:
        """One Parquet file per table."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, parts in sorted(self.tables.items()):
            pyarrow.parquet.write_table(pa.concat_tables(parts), folder / f"{name}.parquet")

    def people(self, people: People, accounts: Accounts) -> None:
        """Latent traits, ids in CRM and in mail, merges."""
        n = people.count
        affinity = {f"affinity_{family}": people.affinity[:, place] for place, family in enumerate(FAMILIES)}
        self.add("hcps", pa.table({
            "person_id": np.arange(n),
            "theta": people.theta,
            "tolerance": people.tolerance,
            **affinity,
            "specialty": text.pick(words.SPECIALTIES, people.specialty),
            "country": text.pick(words.COUNTRIES, people.country),
            "is_country_known": people.is_country_known,
            "interest_1": text.pick(words.TOPICS, people.interests[:, 0]),
            "interest_2": text.pick(words.TOPICS, people.interests[:, 1]),
            "npi": text.texts(people.npi),
            "consent": text.pick(CONSENTS, people.consent),
            "tracking": text.pick(TRACKING, people.tracking),
            "has_account": people.has_account,
            "has_subscriber": people.has_subscriber,
            "has_scanner": people.scanner,
            "has_npi_typo": (people.npi_in_crm != people.npi) & (people.npi_in_crm >= 0),
        }))  # fmt: skip
        self.ids(accounts.person, "veeva_crm", "veeva_crm_account", accounts.ids(np.arange(len(accounts.person))))
        # strangers, who know nothing but a newsletter, come after everybody
        who = np.concatenate([np.flatnonzero(people.has_subscriber), people.count + np.arange(people.strangers)])
        self.ids(who, "sfmc", "sfmc_subscriber", text.texts(who + 5_500_000))
        losers = np.flatnonzero(accounts.merged_into >= 0)
        into = accounts.merged_into[losers]
        self.add("merges", pa.table({
            "loser_account_id": accounts.ids(losers),
            "survivor_account_id": accounts.ids(into),
            "merged_at": instants(accounts.merged_at[losers]),
            "is_loop": accounts.is_loop[losers],
            "is_wrong": accounts.person[losers] != accounts.person[into],
        }))  # fmt: skip

    def plants(self, papers: Papers) -> None:
        """What was planted on whose identity."""
        for plant in sorted(papers.plants):
            who = papers.planted(plant)
            self.add("identity_plants", pa.table({"person_id": who, "plant": text.same(plant, len(who))}))

    def ids(self, who: Ints, system: str, id_type: str, values: text.Column) -> None:
        """Whose ids these are."""
        rows = len(who)
        self.add("person_ids", pa.table({
            "person_id": who.astype(np.int64),
            "system": text.same(system, rows),
            "id_type": text.same(id_type, rows),
            "id_value": values,
        }))  # fmt: skip

    def calls(self, who: Ints, at: Ints, is_held: Bools, parent: Ints) -> None:
        """Call rows that stand for a person in one call."""
        rows = np.flatnonzero(who >= 0)
        self.add("calls", pa.table({
            "record_id": text.salesforce_ids("a04", rows + 1),
            "person_id": who[rows],
            "called_at": instants(at[rows]),
            "is_held": is_held[rows],
            "is_group": parent[rows] >= 0,
        }))  # fmt: skip

    def rep_emails(self, pushes: Ints, sent: Pushes) -> None:
        """Sends through Approved Email."""
        self._sends(pushes, "veeva_crm", text.salesforce_ids("a1S", np.arange(len(pushes)) + 1), sent)

    def marketing_emails(self, pushes: Ints, sends: dict[str, Ints], sent: Pushes) -> None:
        """Sends through Marketing Cloud: job, list, batch, subscriber."""
        keys = [text.texts(sends[name]) for name in ("job", "list", "batch")]
        key = text.join(*keys, text.texts(sends["who"] + 5_500_000), between="|")
        self._sends(pushes, "sfmc", key, sent)

    def _sends(self, pushes: Ints, system: str, record_ids: text.Column, sent: Pushes) -> None:
        verdict = np.where(sent.is_verdict_simple, sent.verdict, NONE)
        self.add("pushes", pa.table({
            "push_id": pushes,
            "person_id": sent.person,
            "system": text.same(system, len(pushes)),
            "record_id": record_ids,
            "sent_at": instants(sent.at),
            "topic": text.pick(words.TOPICS, sent.topic),
            "is_answered": sent.is_answered,
            "answered_at": instants(sent.answered_at),
            "is_bounced": sent.is_hard_bounce | sent.is_soft_bounce,
            "pressure": sent.pressure,
            "consent_reason": text.pick(VERDICTS, verdict),
            "is_permitted": pa.array(verdict < 2, mask=verdict < 0),
        }))  # fmt: skip

    def rep_clicks(self, events: dict[str, Ints], rows: Ints) -> None:
        """Who or what clicked, in Approved Email."""
        rows = rows[events["kind"][rows] == 2]
        self._clicks("veeva_crm", text.salesforce_ids("a1E", rows + 1), events["at"][rows], events["human"][rows])

    def marketing_clicks(self, clicks: dict[str, Ints], times: text.Column) -> None:
        """The same in Marketing Cloud: the soft key of the click, its link as place in the list of links."""
        parts = [text.texts(clicks[name]) for name in ("job", "list", "batch")]
        parts += [text.texts(clicks["who"] + 5_500_000), times, text.texts(clicks["link"])]
        self._clicks("sfmc", text.join(*parts, between="|"), clicks["at"], clicks["human"])

    def _clicks(self, system: str, record_ids: text.Column, at: Ints, human: Ints) -> None:
        self.add("clicks", pa.table({
            "system": text.same(system, len(at)),
            "record_id": record_ids,
            "clicked_at": instants(at),
            "maker": text.pick(["machine", "human"], human),
        }))  # fmt: skip


def instants(at: Ints) -> pa.Array:
    """Seconds as UTC timestamps."""
    return pa.array(at, mask=at < 0).cast(pa.timestamp("s")).cast(pa.timestamp("us"))
