"""A co-host reads who has a seat in what it organises with another, and notes who came; never of a sensitive action."""

from django.db import migrations

from hub.core.rls import SYSTEM, WIDE, both, either, granted_each, of_parent, relock

ENROLMENT, LOG = "collective_actions_enrolment", "collective_actions_enrolmentlog"


def parties(row: str) -> str:
    """Who knew of an enrolment so far: who enrols, who receives, who follows the person unless it is sensitive."""
    mine = (f"{row}.prescriber_id = (SELECT app_org())", f"{row}.host_id = (SELECT app_org())")
    followed = either(WIDE, granted_each(f"{row}.beneficiary_id", levels=("support", "full")))
    return either(SYSTEM, *mine, both(f"NOT {row}.sensitive", followed))


CO_HOSTED = (
    f"{ENROLMENT}.state = 'enrolled' AND NOT {ENROLMENT}.sensitive AND EXISTS (SELECT 1"
    " FROM collective_actions_session s JOIN collective_actions_collectiveaction_co_hosts h"
    f" ON h.collectiveaction_id = s.action_id WHERE s.id = {ENROLMENT}.session_id"
    " AND h.organization_id = (SELECT app_org()))"
)
BEFORE, AFTER = parties(ENROLMENT), either(parties(ENROLMENT), CO_HOSTED)
# The journal tells why somebody left and came back: a co-host adds its marks to it and does not read it.
OF_ENROLMENT = of_parent(f"{LOG}.enrolment_id", ENROLMENT)
OF_PARTIES = f"EXISTS (SELECT 1 FROM {ENROLMENT} p WHERE p.id = {LOG}.enrolment_id AND ({parties('p')}))"


class Migration(migrations.Migration):
    dependencies = [("collective_actions", "0008_placements")]

    operations = [
        relock(ENROLMENT, {"select": BEFORE, "update": BEFORE}, {"select": AFTER, "update": AFTER}),
        relock(LOG, {"select": OF_ENROLMENT}, {"select": OF_PARTIES}),
    ]
