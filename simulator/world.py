"""The invented world in one hand: what every feed's writer needs to know of it."""

from dataclasses import dataclass

from simulator.accounts import Accounts
from simulator.content import Jobs
from simulator.landing import Landing
from simulator.people import People
from simulator.plan import Plan
from simulator.pushes import Pushes
from simulator.staff import Staff
from simulator.truth import Truth


@dataclass
class World:
    """Who lives in it, what is sent to them, and where deliveries and truth go."""

    landing: Landing
    truth: Truth
    people: People
    accounts: Accounts
    staff: Staff
    jobs: Jobs
    pushes: Pushes

    @property
    def plan(self) -> Plan:
        """What was asked for."""
        return self.landing.plan
