from django.db import migrations

from hub.core.rls import SYSTEM, WIDE, either, granted, granted_each, protect

OWN = "organization_id = (SELECT app_org())"
MINE = "user_id = (SELECT app_user())"
SUPPORTING = ("support", "full")


def followed(table: str) -> str:
    """The actor's organisation supports the person of the row."""
    return granted_each(f"{table}.beneficiary_id", levels=SUPPORTING)


def followers(table: str) -> str:
    """The Département, and whoever supports the person of the row."""
    return either(WIDE, followed(table))


# Counts of gaps read them all: their followers are found once, not row by row.
READ_WHOLE = either(WIDE, granted(levels=SUPPORTING))

# A sensitive referral is known to its two parties only; a draft, even withdrawn, to its sender only.
REFERRAL = either(
    SYSTEM,
    "sender_id = (SELECT app_org())",
    "receiver_id = (SELECT app_org()) AND sent_at IS NOT NULL",
    f"NOT sensitive AND sent_at IS NOT NULL AND ({followers('referrals_referral')})",
)
OF_REFERRAL = "referral_id IN (SELECT r.id FROM referrals_referral r)"
OF_GAP = "gap_id IN (SELECT g.id FROM referrals_registrationgap g)"
OF_JOB = "job_id IN (SELECT j.id FROM partners_importjob j)"

# The history of a table is written by its triggers alone: the product may read it, never forge it.
HISTORIES = [
    "referrals_beneficiaryevent",
    "referrals_accessgrantevent",
    "referrals_trackdecisionevent",
    "referrals_supportassignmentevent",
]
GROWN = [
    "partners_importrow",
    "referrals_beneficiary",
    "referrals_nationalnumber",
    "referrals_trackdecision",
    "referrals_supportassignment",
    "referrals_accessgrant",
    "referrals_registrationentry",
    "referrals_registrationstatus",
    "referrals_registrationgap",
]
TRIGGERS_AS_OWNER = """
DO $$ DECLARE f regprocedure; BEGIN
  FOR f IN SELECT DISTINCT t.tgfoid::regprocedure FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
           WHERE p.proname LIKE 'pgtrigger%' AND NOT p.prosecdef LOOP
    EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER SET search_path = public, pg_temp', f);
  END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0001_initial"), ("partners", "0002_row_level_security")]

    operations = [
        protect("referrals_beneficiary", select=either(WIDE, granted("id")), insert=WIDE,
                update=either(WIDE, granted("id", levels=SUPPORTING))),
        protect("referrals_nationalnumber", select=either(WIDE, granted(levels=("full",))), insert=WIDE, update=WIDE),
        protect("referrals_accessgrant", select=either(WIDE, OWN), insert=WIDE, update=WIDE),
        protect("referrals_fileopening", select=either(WIDE, OWN), insert=f"{MINE} AND {OWN}", update=either(WIDE, OWN)),
        protect("referrals_declaredlink", select=either(WIDE, OWN), insert=f"{MINE} AND {OWN}"),
        protect("referrals_trackdecision", select=followers("referrals_trackdecision"), insert=WIDE, update=WIDE),
        protect("referrals_supportassignment", select=either(WIDE, OWN, followed("referrals_supportassignment")),
                insert=WIDE, update=either(WIDE, OWN)),
        protect("referrals_registrationexemption", select=followers("referrals_registrationexemption"),
                insert=WIDE, update=WIDE),
        protect("referrals_referral", select=REFERRAL, update=REFERRAL,
                insert=either(SYSTEM, "sender_id = (SELECT app_org())")),
        protect("referrals_referrallog", select=OF_REFERRAL, insert=OF_REFERRAL),
        protect("referrals_registrationlist", select=either(WIDE, OF_JOB), insert=WIDE, update=WIDE),
        protect("referrals_registrationentry", select=followers("referrals_registrationentry"), insert=WIDE, update=WIDE),
        protect("referrals_registrationstatus", select=followers("referrals_registrationstatus"),
                insert=WIDE, update=WIDE, delete=WIDE),
        protect("referrals_registrationgap", select=READ_WHOLE, insert=WIDE, update=READ_WHOLE),
        protect("referrals_gaplog", select=OF_GAP, insert=OF_GAP),
        *(protect(table, select=WIDE) for table in HISTORIES),
        migrations.RunSQL(TRIGGERS_AS_OWNER, migrations.RunSQL.noop),
        # ANALYZE of what an import has just written (PostgreSQL 17 and later).
        migrations.RunSQL(
            f"GRANT MAINTAIN ON {', '.join(GROWN)} TO hub_app;", migrations.RunSQL.noop
        ),
    ]
