"""Marketing Cloud: Job, Subscribers and the six event views. Times are UTC-6 all year, without zone (GEN-06)."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from simulator import text
from simulator.accounts import Accounts
from simulator.content import EMAIL_NAMES, Jobs
from simulator.landing import Landing
from simulator.people import People
from simulator.plan import DAY, HOUR, NONE, Bools, Ints
from simulator.pushes import Pushes
from simulator.world import World

ZONE = -6 * HOUR
FIRST_SUBSCRIBER = 5_500_000
ACCOUNT = "7000001"
TRANSACTIONAL_JOBS = 12
TEST_JOBS = 6
LINKS = ["Read", "Dosing", "Contact"]
CATEGORIES = ["Hard bounce", "Soft bounce"]
Table = dict[str, Ints]


def local(at: Ints) -> text.Column:
    """Instants as the data views show them."""
    return text.instants(np.where(at < 0, NONE, at + ZONE), between=" ", end="")


def subscriber_ids(who: Ints) -> Ints:
    """Numbers by which Marketing Cloud knows people; strangers come after everybody."""
    return np.where(who < 0, NONE, FIRST_SUBSCRIBER + who)


class Subscribers:
    """Who receives marketing mail under which key: the CRM id, or the address (EML-24)."""

    def __init__(self, landing: Landing, people: People, accounts: Accounts) -> None:
        self.landing, self.people, self.accounts = landing, people, accounts
        rng = landing.plan.rng("subscribers")
        n = people.count
        self.strangers = people.strangers
        plan = landing.plan
        self.joined = plan.first - rng.integers(1, 600, n + self.strangers) * DAY
        # some keys were changed from the address to the CRM id (EML-25)
        rekeyed = people.has_account & ~people.subscriber_keyed_by_email & (rng.random(n) < 0.04)
        at = plan.first + (rng.random(n) * plan.days * DAY).astype(np.int64)
        self.rekeyed_at = np.where(rekeyed, at, 0)

    def keys(self, who: Ints, at: Ints) -> text.Column:
        """The key in force at an instant."""
        people = self.people
        inner = np.minimum(who, people.count - 1)
        by_address = people.subscriber_keyed_by_email[inner] | (at < self.rekeyed_at[inner]) | (who >= people.count)
        crm = self.accounts.ids(np.where(who < people.count, self.accounts.primary[inner], NONE))
        short = text.where(who % 20 == 3, pc.utf8_slice_codeunits(crm, 0, 15), crm)  # GEN-01
        return text.where(by_address, self.addresses(who), short)

    def addresses(self, who: Ints) -> text.Column:
        """Where their mail goes."""
        inner = np.minimum(who, self.people.count - 1)
        known = text.pick(self.people.addresses, self.people.subscriber_address[inner])
        stranger = text.join("reader", text.texts(who), "@example.org")
        return text.where(who < self.people.count, known, stranger)

    def write(self, left_at: Ints, bounced_at: Ints) -> None:
        """The subscribers' versions: joined, key changed, left, held."""
        plan, people = self.landing.plan, self.people
        every = np.concatenate([np.flatnonzero(people.has_subscriber), people.count + np.arange(self.strangers)])
        rekeyed = np.flatnonzero((self.rekeyed_at > 0) & people.has_subscriber)
        left = np.flatnonzero(left_at < plan.stop)
        bounced = np.flatnonzero(bounced_at < plan.stop)
        who = np.concatenate([every, rekeyed, left, bounced])
        stamp = np.concatenate([self.joined[every], self.rekeyed_at[rekeyed], left_at[left], bounced_at[bounced]])
        inner = np.minimum(who, people.count - 1)
        has_left = (stamp >= left_at[inner]) & (who < people.count)
        has_bounced = (stamp >= bounced_at[inner]) & (who < people.count)

        def render(rows: Ints) -> pa.Table:
            w, i, n = who[rows], inner[rows], len(rows)
            status = np.where(has_left[rows], 1, np.where(has_bounced[rows], 2, 0))
            return pa.table(
                {
                    "SubscriberID": text.texts(subscriber_ids(w)),
                    "DateUndeliverable": local(np.where(has_bounced[rows], bounced_at[i], NONE)),
                    "DateJoined": local(self.joined[w]),
                    "DateUnsubscribed": local(np.where(has_left[rows], left_at[i], NONE)),
                    "Domain": text.same("example.org", n),
                    "EmailAddress": self.addresses(w),
                    "BounceCount": text.texts(has_bounced[rows].astype(np.int64)),
                    "SubscriberKey": self.keys(w, stamp[rows]),
                    "SubscriberType": text.same("Subscriber", n),
                    "Status": text.pick(["active", "unsubscribed", "held"], status),
                    "Locale": text.nulls(n),
                }
            )

        self.landing.deliver(("sfmc", "Subscribers"), stamp, render, who)


def write_marketing_emails(world: World) -> None:
    """Sends, what followed them, the subscribers and the jobs."""
    plan, people, jobs, pushes, truth = world.plan, world.people, world.jobs, world.pushes, world.truth
    rng = plan.rng("marketing emails")
    subscribers = Subscribers(world.landing, people, world.accounts)
    rows = np.flatnonzero(~pushes.is_rep)
    sent = pushes.take(rows)
    who, at, n = sent.person, sent.at, len(rows)
    job = jobs.numbers(sent.job)
    batch = np.maximum((at - jobs.at[sent.job]) // DAY, 0) + 1
    sends = {"who": who, "at": at, "job": job, "list": 80 + sent.topic // 2, "batch": batch}
    extra = _other_sends(world, subscribers.strangers, round(n * 0.03), rng)
    every = {name: np.concatenate([column, extra[name]]) for name, column in sends.items()}
    is_bounced = sent.is_hard_bounce | sent.is_soft_bounce
    got = np.flatnonzero(~is_bounced)
    views = _views(plan.stop, people, sent, got, rng)
    deliver = _Writer(world.landing, subscribers)
    deliver.events("Sent", every, _common)
    opens, clicks = views
    for view in views:
        view |= {name: column[view["send"]] for name, column in sends.items() if name != "at"}
    deliver.events("Open", opens, lambda t: _common(t) | {"IsUnique": text.flags(t["first"] == 1, "True", "False")})
    deliver.events("Click", clicks, _click)
    bounces = {name: column[is_bounced] for name, column in sends.items()}
    bounces |= {"at": at[is_bounced] + 20, "soft": sent.is_soft_bounce[is_bounced].astype(np.int64)}
    deliver.events("Bounce", bounces, _bounce)
    gone = sent.is_unsubscribe | sent.is_spam_mark
    leaves = {name: column[gone] for name, column in sends.items()} | {"at": sent.reacted_at[gone]}
    # an unsubscribe from all is stored with a list foreign to the job (EML-28), so is a complaint's (EML-29)
    is_global = sent.is_global_unsubscribe[gone] | sent.is_spam_mark[gone]
    leaves["list"] = np.where(is_global, 31, leaves["list"])
    deliver.events("Unsubscribe", leaves, _leave)
    marked = sent.is_spam_mark
    deliver.events("Complaint", {k: c[marked] for k, c in sends.items()} | {"at": sent.reacted_at[marked]}, _leave)
    subscribers.write(
        _earliest(people.count, who[gone][is_global], sent.reacted_at[gone][is_global], plan.stop),
        _earliest(people.count, who[sent.is_hard_bounce], at[sent.is_hard_bounce] + 60, plan.stop),
    )
    _write_jobs(world.landing, jobs)
    truth.marketing_emails(rows, sends, sent)
    truth.marketing_clicks(clicks, local(clicks["at"]))


def _earliest(count: int, who: Ints, at: Ints, stop: int) -> Ints:
    first = np.full(count, 2 * stop)
    np.minimum.at(first, who, at)
    return first


def _other_sends(world: World, strangers: int, many: int, rng: np.random.Generator) -> Table:
    """Transactional and test jobs (EML-31, EML-32), and newsletters to strangers."""
    plan, people, jobs = world.plan, world.people, world.jobs
    receivers = np.flatnonzero(people.has_subscriber)
    many = many if len(receivers) else 0
    testers = people.count + np.repeat(np.arange(min(3, strangers)), TEST_JOBS)
    served = receivers[rng.integers(0, max(len(receivers), 1), many)]
    readers = people.count + rng.integers(0, strangers, strangers * 4)
    last = int(jobs.numbers(np.array([len(jobs.at)]))[0])
    tests = last + TRANSACTIONAL_JOBS + np.arange(len(testers)) % TEST_JOBS
    regular = rng.integers(0, len(jobs.at), len(readers))
    who = np.concatenate([served, readers, testers])
    job = np.concatenate([last + rng.integers(0, TRANSACTIONAL_JOBS, many), jobs.numbers(regular), tests])
    at = np.concatenate([
        plan.first + rng.integers(0, plan.stop - plan.first, many),
        jobs.at[regular] + rng.integers(0, 900, len(readers)),
        plan.first + np.arange(len(testers)),
    ])  # fmt: skip
    return {"who": who, "at": at, "job": job, "list": np.full(len(who), 88), "batch": np.ones(len(who), np.int64)}


def _views(stop: int, people: People, sent: Pushes, got: Ints, rng: np.random.Generator) -> tuple[Table, Table]:
    """Opens and clicks by people and by machines. `human` is the planted truth; the views do not hold it."""
    who = sent.person
    scanned = got[people.scanner[who[got]]]
    proxied = got[people.proxy[who[got]]]
    answered = np.flatnonzero(sent.is_answered & (sent.answered_at < stop))
    readers = got[(rng.random(len(got)) < 0.2) & ~sent.is_answered[got]]
    answered_at = sent.answered_at[answered]
    late = (rng.random(len(readers)) ** 3 * 6 * DAY).astype(np.int64)
    opens = _stack(
        (scanned, sent.at[scanned], 0),
        (proxied, sent.at[proxied] + rng.integers(1, 900, len(proxied)), 0),
        (answered, answered_at - 20, 1),
        (readers, sent.at[readers] + 30 + late, 1),
    )
    more = rng.random(len(answered)) < 0.3
    link = rng.integers(0, len(LINKS), len(answered))
    clicks = _stack(
        *[(scanned, sent.at[scanned] + (place > 0), 0) for place in range(len(LINKS))],
        (answered, answered_at, 1),
        (answered[more], answered_at[more] + 30, 1),
    )
    places = [np.full(len(scanned), place) for place in range(len(LINKS))]
    clicks["link"] = np.concatenate([*places, link, (link[more] + 1) % len(LINKS)])
    # the same click twice in one file: the soft key cannot tell them apart (EML-21)
    twice = np.flatnonzero(rng.random(len(clicks["send"])) < 0.01)
    clicks = {name: np.concatenate([column, column[twice]]) for name, column in clicks.items()}
    for view in (opens, clicks):
        inside = view["at"] < stop
        for name in list(view):
            view[name] = view[name][inside]
        order = np.lexsort((view["at"], view["send"]))
        view["first"] = np.zeros(len(order), np.int64)
        sends = view["send"][order]
        view["first"][order[np.concatenate([[True], sends[1:] != sends[:-1]])[: len(order)]]] = 1
    return opens, clicks


def _stack(*blocks: tuple[Ints, Ints, int]) -> Table:
    send, at, human = zip(*blocks, strict=True)
    flags = [np.full(len(rows), flag) for rows, flag in zip(send, human, strict=True)]
    return {"send": np.concatenate(send), "at": np.concatenate(at), "human": np.concatenate(flags)}


def _common(t: Table) -> dict[str, text.Column]:
    return {"AccountID": text.same(ACCOUNT, len(t["at"])), "OYBAccountID": text.nulls(len(t["at"]))}


def _click(t: Table) -> dict[str, text.Column]:
    link = t["link"]
    token = text.texts(t["who"])
    return _common(t) | {
        "IsUnique": text.flags(t["first"] == 1, "True", "False"),
        "URL": text.join("https://www.example.org/", text.pick(["study", "dosing", "contact"], link), "?m=x", token),
        "LinkName": text.pick(LINKS, link),
        "LinkContent": text.nulls(len(link)),
    }


def _bounce(t: Table) -> dict[str, text.Column]:
    soft = t["soft"]
    return _common(t) | {
        "IsUnique": text.same("True", len(soft)),
        "BounceCategoryID": text.texts(soft + 1),
        "BounceCategory": text.pick(CATEGORIES, soft),
        "BounceTypeID": text.texts(soft + 1),
        "SMTPCode": text.pick(["550", "452"], soft),
        "IsFalseBounce": text.same("False", len(soft)),
    }


def _leave(t: Table) -> dict[str, text.Column]:
    return _common(t) | {"IsUnique": text.same("True", len(t["at"]))}


class _Writer:
    """Adds the columns that every view has, and delivers a view by its event times."""

    def __init__(self, landing: Landing, subscribers: Subscribers) -> None:
        self.landing, self.subscribers = landing, subscribers

    def events(self, view: str, table: Table, special: Callable[[Table], dict[str, text.Column]]) -> None:
        def render(rows: Ints) -> pa.Table:
            t = {name: column[rows] for name, column in table.items()}
            own = special(t)
            shared = {
                "JobID": text.texts(t["job"]),
                "ListID": text.texts(t["list"]),
                "BatchID": text.texts(t["batch"]),
                "SubscriberID": text.texts(subscriber_ids(t["who"])),
                "SubscriberKey": self.subscribers.keys(t["who"], t["at"]),
                "EventDate": local(t["at"]),
                "Domain": text.same("example.org", len(rows)),
            }
            first = {name: own.pop(name) for name in ("AccountID", "OYBAccountID")}
            triggers = ("TriggererSendDefinitionObjectID", "TriggeredSendCustomerKey")
            last = (
                {name: text.nulls(len(rows)) for name in triggers} if view not in {"Unsubscribe", "Complaint"} else {}
            )
            return pa.table(first | shared | own | last)

        self.landing.deliver(("sfmc", view), table["at"], render)


def _write_jobs(landing: Landing, jobs: Jobs) -> None:
    count = len(jobs.at)
    total = count + TRANSACTIONAL_JOBS + TEST_JOBS
    every = np.arange(total)
    at = np.concatenate([jobs.at, np.full(total - count, landing.plan.first)])
    kind: Bools = every >= count
    is_test: Bools = every >= count + TRANSACTIONAL_JOBS
    asset = np.concatenate([jobs.asset, np.full(total - count, NONE)])

    def render(rows: Ints) -> pa.Table:
        n = len(rows)
        name = text.where(kind[rows], text.join("EM-SERVICE-", text.texts(rows)), text.pick(EMAIL_NAMES, asset[rows]))
        service = kind[rows] & ~is_test[rows]
        return pa.table(
            {
                "JobID": text.texts(rows + 41_001),
                "EmailID": text.texts(rows % 500 + 900),
                "AccountID": text.same(ACCOUNT, n),
                "AccountUserID": text.same("7100001", n),
                "FromName": text.same("Rapport", n),
                "FromEmail": text.same("news@example.org", n),
                "SchedTime": local(at[rows]),
                "PickupTime": local(at[rows]),
                "DeliveredTime": local(at[rows] + 1800),
                "JobType": text.same("Email", n),
                "JobStatus": text.same("Complete", n),
                "EmailName": name,
                "EmailSubject": text.same("News for you", n),
                "TestEmailAddr": text.where(is_test[rows], "test@example.org", None),
                "Category": text.where(is_test[rows], "Test Send Emails", "Newsletter"),
                "CreatedDate": local(at[rows] - HOUR),
                "SendClassificationType": text.where(service, "Default Transactional", "Default Commercial"),
                "SendClassification": text.where(service, "Transactional", "Commercial"),
            }
        )

    landing.deliver(("sfmc", "Job"), at - HOUR, render, every)
