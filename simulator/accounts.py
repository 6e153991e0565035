"""CRM accounts, their versions and merges, and the CRM's users with their teams."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from simulator import places, text
from simulator import vocabulary as words
from simulator.identities import DRAWS, by_desk, write_down
from simulator.landing import Landing
from simulator.people import PEOPLE_PER_SITE, People, decides_often
from simulator.plan import DAY, HOUR, NONE, Bools, Ints, Plan

SITE_OFFSET = 500_000_000  # account numbers of organisations


@dataclass
class Accounts:
    """Person accounts. `person` is the planted truth; an account number is its index."""

    person: Ints
    primary: Ints  # per person
    second: Ints  # per person
    created: Ints
    merged_into: Ints
    merged_at: Ints
    is_loop: Bools
    changes: "Changes"
    sites: int

    def ids(self, accounts: Ints) -> pa.Array:
        """Ids of person accounts."""
        return text.salesforce_ids("001", np.where(accounts < 0, NONE, accounts + 1))

    def site_ids(self, sites: Ints) -> pa.Array:
        """Ids of organisations."""
        return text.salesforce_ids("001", np.where(sites < 0, NONE, sites + SITE_OFFSET))

    def contacts(self, accounts: Ints) -> pa.Array:
        """Ids of the contact halves of person accounts."""
        return text.salesforce_ids("003", np.where(accounts < 0, NONE, accounts + 1))

    def at(self, who: Ints, at: Ints, prefers_second: Bools) -> Ints:
        """The account under which a record of that instant is written: a merge leaves only the survivor."""
        second = self.second[who]
        account = np.where(prefers_second & (second >= 0), second, self.primary[who])
        return self.survivors(account, at)

    def survivors(self, account: Ints, at: Ints) -> Ints:
        """The account that stands for each at an instant, over chains of two merges."""
        for _ in range(2):
            known = np.maximum(account, 0)
            moved = (account >= 0) & (self.merged_at[known] <= at) & ~self.is_loop[known]
            account = np.where(moved, self.merged_into[known], account)
        return account

    def is_plain(self) -> Bools:
        """Per person: one account, never merged, never moved."""
        is_plain = (self.second < 0) & (self.primary >= 0)
        is_special = self.merged_into >= 0
        is_special[self.merged_into[is_special]] = True
        is_special[self.changes.which[0]] = True
        is_plain[self.person[is_special]] = False
        return is_plain


@dataclass
class Changes:
    """People move, change names and change addresses: three lists of accounts with the instants at which the CRM learns it."""

    which: list[Ints]
    since: list[Ints]

    def as_of(self, account: Ints, stamp: Ints, created: Ints) -> Ints:
        """Up to when a version knows of its person: the last of these changes, or when it was made."""
        known = created[account]
        for some, since in zip(self.which[:2], self.since[:2], strict=True):
            begins = np.full(len(created), np.iinfo(np.int64).max)
            begins[some] = since
            known = np.where(stamp >= begins[account], np.maximum(known, begins[account]), known)
        return known


def _changes(plan: Plan, people: People, person: Ints, created: Ints) -> Changes:
    rng = plan.rng("account changes")
    papers, rates = people.papers, plan.rates
    moved, renamed = (
        papers.moved_at[person],
        np.where(papers.former[person] >= 0, papers.renamed_at[person], 2 * plan.stop),
    )
    u = rng.random((3, len(created)))
    which = [
        np.flatnonzero((moved < plan.stop) & (moved > created) & (u[0] >= rates.keeps_place)),
        np.flatnonzero((renamed < plan.stop) & (renamed > created) & (u[1] >= rates.keeps_name)),
        np.flatnonzero(u[2] < 0.03),
    ]
    readdressed = plan.first + (rng.random(len(which[2])) * plan.days * DAY).astype(np.int64)
    since = [moved[which[0]], renamed[which[1]], np.maximum(readdressed, created[which[2]] + DAY)]
    return Changes(which, [np.maximum(at, created[some] + DAY) for some, at in zip(which, since, strict=True)])


def open_accounts(plan: Plan, people: People) -> Accounts:
    """Gives most people an account, some two or three; merges part of them, with chains, a loop and an error."""
    rng = plan.rng("accounts")
    n = people.count
    with_account = np.flatnonzero(people.has_account)
    doubled = with_account[rng.random(len(with_account)) < plan.rates.second_account]
    tripled = doubled[: len(doubled) // 8]  # a third account, for the chains
    person = np.concatenate([with_account, doubled, tripled])
    primary, second = np.full(n, NONE), np.full(n, NONE)
    primary[with_account] = np.arange(len(with_account))
    second[doubled] = np.arange(len(doubled)) + len(with_account)
    third = np.arange(len(tripled)) + len(with_account) + len(doubled)
    created = plan.first - rng.integers(30, 2000, len(person)) * DAY + rng.integers(0, DAY, len(person))
    fresh = rng.random(len(person)) < 0.06
    created = np.where(fresh, plan.first + rng.integers(0, max(plan.days // 10, 1), len(person)) * DAY, created)
    into, at = np.full(len(person), NONE), np.full(len(person), 2 * plan.stop)

    def moment(count: int, low: float, high: float) -> Ints:
        return (plan.first + plan.days * DAY * rng.uniform(low, high, count)).astype(np.int64)

    # half of the doubles are merged: the second account into the first
    merged = doubled[: (len(doubled) + 1) // 2]
    into[second[merged]] = primary[merged]
    at[second[merged]] = moment(len(merged), 0.55, 0.95)
    # chains (CRM-07): third -> second -> first
    into[third] = second[tripled]
    at[third] = np.minimum(moment(len(tripled), 0.3, 0.5), at[second[tripled]])
    is_loop = np.zeros(len(person), bool)
    if len(doubled) >= 6:
        # CRM-08: a ledger that merges two accounts into each other
        looped = doubled[-1:]
        into[second[looped]], into[primary[looped]] = primary[looped], second[looped]
        at[second[looped]], at[primary[looped]] = moment(1, 0.6, 0.7), moment(1, 0.7, 0.8)
        is_loop[[second[looped[0]], primary[looped[0]]]] = True
        # a wrong merge of two people, each with a valid NPI (cannot-link)
        usual = people.in_us & (people.npi_in_crm == people.npi) & (second < 0)
        usual[people.papers.planted("twin", "namesake")] = False
        candidates = with_account[usual[with_account]]
        wrong = min(max(round(len(person) * plan.rates.wrong_merge), 1), len(candidates) // 2)
        losers, survivors = candidates[len(candidates) - 2 * wrong :].reshape(2, wrong)
        into[primary[losers]], at[primary[losers]] = primary[survivors], moment(wrong, 0.8, 0.9)
        people.papers.plant("wrong_merge", np.concatenate([losers, survivors]))
    people.papers.plant("double_account", doubled)
    sites = n // PEOPLE_PER_SITE + 1
    return Accounts(person, primary, second, created, into, at, is_loop, _changes(plan, people, person, created), sites)


def write_accounts(landing: Landing, people: People, accounts: Accounts) -> None:
    """Every version of every account, the organisations, and the merge ledger."""
    plan = landing.plan
    rng = plan.rng("account versions")
    count = len(accounts.person)
    every = np.arange(count)
    changed, since = accounts.changes.which, accounts.changes.since
    losers = every[(accounts.merged_into >= 0) & ~accounts.is_loop]
    abroad, left_at = _emigrants(plan, people, accounts)
    account = np.concatenate([every, *changed, abroad, losers])
    stamp = np.concatenate([accounts.created + HOUR, *since, left_at, accounts.merged_at[losers]])
    is_deleted = np.arange(len(account)) >= len(account) - len(losers)
    begins = np.full(count, 2 * plan.stop)
    begins[changed[2]] = since[2]
    is_readdressed = stamp >= begins[account]
    # of the doubles: an exact copy, a short form of the name, no NPI, another address
    variant = np.where(every < people.has_account.sum(), 0, rng.integers(0, 4, count))
    draws = rng.random((DRAWS, count))
    draws[0] = np.where(variant == 1, 0, draws[0])
    who = accounts.person[account]
    known_to = accounts.changes.as_of(account, stamp, accounts.created)
    lines = write_down(people.papers, who, known_to, draws[:, account], by_desk(plan.rates))
    is_placeholder = np.zeros(count, bool)
    is_placeholder[rng.permutation(count)[: max(round(count * plan.rates.deleted_user), count >= 100)]] = True
    people.papers.plant("deleted_placeholder", accounts.person[is_placeholder])
    by_code = (rng.random(count) < 0.92)[account]
    has_moved = lines.city != people.papers.city[who]
    country = np.where(has_moved, places.COUNTRY[lines.city], people.country[who])
    leaves = np.full(count, 2 * plan.stop)
    leaves[abroad] = left_at
    country = np.where(stamp >= leaves[account], words.COUNTRIES.index("GB"), country)
    country = np.where(people.is_country_known[who], country, NONE)
    other_address = np.where(people.crm_address[who] < people.count, people.count + who, people.crm_address[who])
    address = np.where(is_readdressed | (variant[account] == 3), other_address, people.crm_address[who])
    people.papers.plant("personal_address", who[(address >= people.count) & (address < 2 * people.count)])
    npi = np.where(variant[account] == 2, NONE, people.npi_in_crm[who])

    def render(rows: Ints) -> pa.Table:
        p, n = who[rows], len(rows)
        held = lines.take(rows)
        email = text.pick(people.addresses, address[rows])
        return pa.table(
            {
                "Id": accounts.ids(account[rows]),
                "IsDeleted": text.flags(is_deleted[rows]),
                "MasterRecordId": accounts.ids(np.where(is_deleted[rows], accounts.merged_into[account[rows]], NONE)),
                "IsPersonAccount": text.same("true", n),
                "PersonContactId": accounts.contacts(account[rows]),
                "RecordTypeId": text.same("Professional_vod", n),
                "Name": text.join(held.given, " ", held.family),
                "FirstName": held.given,
                "MiddleName": held.middle,
                "LastName": held.family,
                "Suffix": held.suffix,
                "Gender_vod__c": text.pick(["M_vod", "F_vod"], np.where(p % 10 == 9, NONE, people.papers.is_female[p])),
                "NPI_vod__c": text.texts(npi[rows]),
                "ID_vod__c": people.national_ids(p),
                "External_ID_vod__c": text.join("MDM-", text.texts(account[rows] + 100_000)),
                "Specialty_1_vod__c": text.pick(words.SPECIALTIES, people.specialty[p]),
                "Credentials_vod__c": text.pick(words.CREDENTIALS, p % 7 % 4),
                "PersonEmail": text.where(is_placeholder[account[rows]], "user-deleted@example.org", email),
                "PersonMailingCity": held.town,
                "PersonMailingState": held.state,
                "PersonMailingPostalCode": held.postal_code,
                "PersonMailingCountryCode": text.pick(words.COUNTRIES, np.where(by_code[rows], country[rows], NONE)),
                "Country_vod__c": text.pick(words.COUNTRIES, country[rows]),
                "Approved_Email_Opt_Type_vod__c": text.same("Opt-in Required", n),
                "Primary_Parent_vod__c": accounts.site_ids(p // PEOPLE_PER_SITE),
                "Territory_vod__c": text.join("T_", text.texts(people.rep[p])),
                "CreatedDate": text.instants(accounts.created[account[rows]]),
                "LastModifiedDate": text.instants(stamp[rows]),
                "SystemModstamp": text.instants(stamp[rows]),
            }
        )

    landing.deliver(("veeva_crm", "Account"), stamp, render, account)
    _write_sites(landing, accounts, render(account[:0]).schema)
    _write_merges(landing, accounts)


def _emigrants(plan: Plan, people: People, accounts: Accounts) -> tuple[Ints, Ints]:
    """Accounts whose person moves to Great Britain; a second account of theirs, if it lives, still says where they were (CNS-36)."""
    rng = plan.rng("emigrants")
    who = np.flatnonzero(decides_often(np.arange(people.count)) & people.has_account & people.is_country_known)
    numbered = [words.COUNTRIES.index(country) for country in ("GB", "DE", "FR")]  # whose ids show the country
    abroad = accounts.primary[who[~np.isin(people.country[who], numbered)]]
    at = plan.first + (rng.random(len(abroad)) * plan.days * DAY).astype(np.int64)
    return abroad, np.maximum(at, accounts.created[abroad] + DAY)


def _write_sites(landing: Landing, accounts: Accounts, schema: pa.Schema) -> None:
    """Organisations: one delivery, in the columns of persons (CRM-01)."""
    first = int(landing.plan.instants[0])
    opened = landing.plan.first - 500 * DAY

    def render(rows: Ints) -> pa.Table:
        n = len(rows)
        name = text.join(text.pick(places.CITIES, rows % len(places.CITIES)), " Clinic ", text.texts(rows))
        at = text.instants(np.full(n, opened))
        cells = {
            "Id": accounts.site_ids(rows),
            "IsDeleted": text.same("false", n),
            "IsPersonAccount": text.same("false", n),
            "RecordTypeId": text.same("Hospital_vod", n),
            "Name": name,
            "CreatedDate": at,
            "LastModifiedDate": at,
            "SystemModstamp": at,
        }
        return pa.table({column: cells.get(column, text.nulls(n)) for column in schema.names})

    landing.csv(("veeva_crm", "Account"), first, np.arange(accounts.sites), render, "_sites.csv")


def _write_merges(landing: Landing, accounts: Accounts) -> None:
    losers = np.flatnonzero(accounts.merged_into >= 0)
    survivors, at = accounts.merged_into[losers], accounts.merged_at[losers]

    def render(rows: Ints) -> pa.Table:
        return pa.table(
            {
                "Id": text.salesforce_ids("a0M", losers[rows] + 1),
                "Name": accounts.ids(losers[rows]),
                "Account_vod__c": accounts.ids(survivors[rows]),
                "PersonContactId_vod__c": accounts.contacts(losers[rows]),
                "Account_PersonContactId_vod__c": accounts.contacts(survivors[rows]),
                "CreatedDate": text.instants(at[rows]),
                "SystemModstamp": text.instants(at[rows]),
                "IsDeleted": text.same("false", len(rows)),
            }
        )

    landing.deliver(("veeva_crm", "Account_Merge_History_vod__c"), at, render, losers)
