"""Seasons begin and end on days that exist, and no two of a store's purpose claim the same day."""

import django.db.models.constraints
import stores.models.hours
from django.db import migrations, models

# The days of the year as numbers that keep their order, 1231 for 31 December; over the New Year they are two ranges. Any two
# digits each have an answer: building the index also reads the rows that this transaction has deleted.
SEASON = """
CREATE FUNCTION stores_season(first text, last text) RETURNS int4multirange LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN a <= b THEN int4multirange(int4range(a, b, '[]'))
        ELSE int4multirange(int4range(a, 9999, '[]'), int4range(0, b, '[]')) END
    FROM (SELECT replace(first, '-', '')::int AS a, replace(last, '-', '')::int AS b) days
$$;
"""
# A store with such rows was not shown at all, so nobody relies on them; history keeps what they said. Of two seasons that meet,
# the one that was there first stays.
CLEAN = """
DELETE FROM stores_weeklyhours WHERE season_from <> '' AND NOT (season_from ~ '{day}' AND season_to ~ '{day}');
DELETE FROM stores_weeklyhours later USING stores_weeklyhours earlier
WHERE earlier.store_id = later.store_id AND earlier.purpose = later.purpose AND earlier.id < later.id
    AND earlier.season_from <> '' AND later.season_from <> ''
    AND stores_season(earlier.season_from, earlier.season_to) && stores_season(later.season_from, later.season_to);
"""
DAY = r"^((0[1-9]|1[0-2])-(0[1-9]|[12][0-9])|(0[13-9]|1[0-2])-30|(0[13578]|1[02])-31)$"


class Migration(migrations.Migration):
    dependencies = [
        ("stores", "0020_time_zones_are_names_of_places"),
    ]

    operations = [
        migrations.RunSQL(SEASON, "DROP FUNCTION stores_season(text, text)"),
        migrations.RunSQL(CLEAN.format(day=DAY), migrations.RunSQL.noop),
        migrations.RemoveConstraint(
            model_name="weeklyhours",
            name="weekly_hours_season",
        ),
        migrations.AddConstraint(
            model_name="weeklyhours",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("season_from", ""), ("season_to", "")),
                    models.Q(("season_from__regex", DAY), ("season_to__regex", DAY)),
                    _connector="OR",
                ),
                name="weekly_hours_season",
                violation_error_message="A season has a first and a last day as MM-DD.",
            ),
        ),
        migrations.AddConstraint(
            model_name="weeklyhours",
            constraint=stores.models.hours.SeasonsApart(
                condition=models.Q(("season_from", ""), _negated=True),
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                expressions=[
                    (models.Func(models.F("store"), models.F("store"), models.Value("[]"), function="int8range"), "&&"),
                    (
                        models.Func(
                            models.Func(models.F("purpose"), function="hashtext"),
                            models.Func(models.F("purpose"), function="hashtext"),
                            models.Value("[]"),
                            function="int4range",
                        ),
                        "&&",
                    ),
                    (models.Func(models.F("season_from"), models.F("season_to"), function="stores_season"), "&&"),
                ],
                name="weekly_hours_seasons_apart",
            ),
        ),
    ]
