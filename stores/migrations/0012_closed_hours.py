from django.db import migrations

# Not a model: nobody has it before their eyes, and it can be made anew at any time. Few columns change at once, and none that an
# index holds, so most updates stay on their page.
CLOSED_HOURS = """
CREATE TABLE stores_storeopening (
    store_id bigint PRIMARY KEY,
    version bigint NOT NULL,
    shut_from bigint NOT NULL,
    shut_until bigint NOT NULL,
    due_at bigint NOT NULL
) WITH (fillfactor = 70);
"""


class Migration(migrations.Migration):
    dependencies = [("stores", "0011_assortment_and_search")]

    operations = [migrations.RunSQL(CLOSED_HOURS, "DROP TABLE stores_storeopening")]
