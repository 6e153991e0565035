"""What the CRM knows besides contacts: products, key messages, approved documents, and who belongs to which territory."""

import numpy as np
import pyarrow as pa

from simulator import text
from simulator.content import (
    ASSETS,
    DETAIL_GROUP_IDS,
    EMAIL_NAMES,
    KEY_MESSAGE_IDS,
    KEY_MESSAGE_NAMES,
    PRODUCT_IDS,
    TEMPLATE_IDS,
    TYPES,
)
from simulator.plan import DAY, Ints
from simulator.vocabulary import PRODUCTS
from simulator.world import World

TERRITORIES = 12


def write_catalogue(world: World) -> None:
    """Small full lists in the first delivery; a product is spelled anew half-way (ruling 32)."""
    landing, plan = world.landing, world.plan
    first, middle = int(plan.instants[0]), int(plan.instants[len(plan.instants) // 2])
    old, new = text.instants(np.array([plan.first - 300 * DAY, middle - DAY])).to_pylist()
    products = PRODUCT_IDS.to_pylist()
    header = ["Id", "Name", "Product_Type_vod__c", "SystemModstamp", "IsDeleted"]
    names = [PRODUCTS[0].upper(), *PRODUCTS[1:]]
    rows = [[i, name, "Detail_vod", old, "false"] for i, name in zip(products, names, strict=True)]
    rows += [
        [i, f"{n} group", "Detail_Group_vod", old, "false"]
        for i, n in zip(DETAIL_GROUP_IDS.to_pylist(), PRODUCTS, strict=True)
    ]
    landing.small_csv(("veeva_crm", "Product_vod__c"), first, header, rows)
    if middle > first:
        landing.small_csv(
            ("veeva_crm", "Product_vod__c"), middle, header, [[products[0], PRODUCTS[0], "Detail_vod", new, "false"]]
        )
    header = ["Id", "Name", "Product_vod__c", "SystemModstamp", "IsDeleted"]
    # today's name differs from the one that was stamped when the message was shown (CRM-30)
    for name, ids, titles in (
        ("Key_Message_vod__c", KEY_MESSAGE_IDS, [f"{title} (2nd edition)" for title in KEY_MESSAGE_NAMES]),
        ("Approved_Document_vod__c", TEMPLATE_IDS, EMAIL_NAMES),
    ):
        listed = [
            [i, titles[a], products[a // TYPES // 2], old, "false"]
            for a, i in zip(range(ASSETS), ids.to_pylist(), strict=True)
        ]
        landing.small_csv(("veeva_crm", name), first, header, listed)


def write_territories(world: World) -> None:
    """Every account in one territory, a tenth in two (CRM-62); names hold underscores (CRM-64)."""
    plan, accounts = world.plan, world.accounts
    rng = plan.rng("territories")
    total = len(accounts.person)
    account = np.concatenate([np.arange(total), np.flatnonzero(rng.random(total) < 0.1)])
    territory = np.where(np.arange(len(account)) < total, account % TERRITORIES, (account + 5) % TERRITORIES)
    created = np.maximum(accounts.created[account], plan.first - 400 * DAY)
    created[total:] = plan.first + rng.integers(0, plan.days, len(account) - total) * DAY

    def render(rows: Ints) -> pa.Table:
        owner = accounts.ids(account[rows])
        name = text.join("T__", text.texts(territory[rows]), "_East")
        return pa.table({
            "Id": text.salesforce_ids("a0T", rows + 1),
            "Account_vod__c": owner,
            "Territory_vod__c": text.where(rows % 7 == 0, None, name),
            "External_Id_vod__c": text.join(owner, "__", name),
            "YTD_Activity_vod__c": text.texts(rows % 40),
            "CreatedDate": text.instants(created[rows]),
            "SystemModstamp": text.instants(created[rows]),
            "IsDeleted": text.same("false", len(rows)),
        })  # fmt: skip

    world.landing.deliver(("veeva_crm", "TSF_vod__c"), created, render)
