"""What hangs on a parent is locked by that parent, found by its key.

`IN (SELECT …)` made every gesture read all the parents that the organisation sees, and grew with them.
"""

from django.db import migrations

from hub.core.rls import SYSTEM, WIDE, either, of_parent, relock

MINE = "organization_id = (SELECT app_org())"
SENT = "sender_id = (SELECT app_org())"


def by_key(table, column, parent, also=""):
    """The policy that reads the whole set of parents, and the one that finds its own."""
    return f"{column} IN (SELECT p.id FROM {parent} p{also and f' WHERE p.{also}'})", of_parent(f"{table}.{column}", parent, also)


def journal(table, column, parent):
    before, after = by_key(table, column, parent)
    return relock(table, before={"select": before, "insert": before}, after={"select": after, "insert": after})


LINK, OPENING, SUMMONS = "referrals_answerlink", "referrals_linkopening", "referrals_summons"
SENDER = by_key(LINK, "referral_id", "referrals_referral", SENT)
OF_LINK, OWN_LINK = by_key(OPENING, "link_id", LINK), by_key(OPENING, "link_id", LINK, MINE)
SUMMONED = by_key(SUMMONS, "appointment_id", "referrals_appointment")


class Migration(migrations.Migration):

    dependencies = [
        ('referrals', '0020_letter_batches'),
    ]

    operations = [
        journal("referrals_referrallog", "referral_id", "referrals_referral"),
        journal("referrals_gaplog", "gap_id", "referrals_registrationgap"),
        journal("referrals_appointmentlog", "appointment_id", "referrals_appointment"),
        relock(LINK, *[dict.fromkeys(("select", "update"), either(SYSTEM, MINE, sender)) for sender in SENDER]),
        relock(OPENING, *[
            {"select": seen, "insert": own, "update": own} for seen, own in zip(OF_LINK, OWN_LINK, strict=True)
        ]),
        relock(SUMMONS, *[dict.fromkeys(("select", "update"), either(WIDE, seen)) for seen in SUMMONED]),
    ]
