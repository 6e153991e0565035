"""Vendor-true synthetic deliveries with a planted truth.

What belongs here: the invented world (people, what moves them, what is sent to them) and the files in which each vendor
would deliver it, with the traps that real feeds hold. What does not: reading, judging or scoring any of it. The planted
truth is written apart, for tests and studies; no model reads it.

`write` makes one simulation, `Rates` holds every constant that an experiment may set: do(volume) is
`Rates(set_pushes_per_year=24)`, observational targeting is `Rates(targeting_correlation=0.6)`.
"""

from simulator.plan import Plan, Rates
from simulator.writing import write

__all__ = ["Plan", "Rates", "write"]
