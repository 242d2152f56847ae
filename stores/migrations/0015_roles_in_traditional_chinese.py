"""The shipped roles have names in Traditional Chinese too: the dashboard speaks it now."""

from django.db import migrations

NAMES = {
    "owner": "擁有者",
    "regional_manager": "區域經理",
    "market_editor": "市場編輯",
    "service_agent": "服務專員",
    "partner": "合作夥伴",
    "analyst": "分析師",
}


def seed(apps, schema_editor):
    """A name that somebody wrote stays."""
    role = apps.get_model("stores", "Role")
    for shipped in role.objects.filter(code__in=NAMES):
        shipped.name = {"zh-Hant": NAMES[shipped.code], **shipped.name}
        shipped.save(update_fields=["name"])


class Migration(migrations.Migration):
    dependencies = [("stores", "0014_keys_name_the_sites_that_use_them")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
