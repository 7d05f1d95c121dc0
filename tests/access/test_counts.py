"""The count above a list is what its scope holds, however it was counted."""

from __future__ import annotations

from hub.core.access import visible
from hub.core.gate import tenant
from referrals.models import Beneficiary, Level, SupportAssignment
from referrals.policies.people import count_people
from referrals.services.access import declare_link, open_access
from tests.access.world import World, act, personas


def test_people_are_counted_as_they_are_listed(world: World):
    cast = world.cast
    with tenant(act(world, "system")) as product:
        for who in (world.helped, world.restricted, world.linked, world.unknown):
            for source in (who, SupportAssignment(pk=who.pk)):  # two grants for one person count once
                open_access(
                    product, beneficiary_id=who.pk, organization_id=cast.udaf.pk, level=Level.SUPPORT,
                    reason="essai", source=source,
                )  # fmt: skip
    with tenant(act(world, "udaf_worker")) as worker:
        declare_link(worker, person=world.linked)
    counts = {}
    for name, actor in personas(world).items():
        with tenant(actor):
            counts[name] = count_people(actor)
            assert counts[name] == visible(actor, Beneficiary).count(), name
    assert counts["udaf_lead"] > counts["udaf_worker"] > 0
