"""The five programme types: data that the portal cannot work without."""

from django.db import migrations

TYPES = [
    ("VENTURE", "公益创投", "VEN", "PANEL", "ADVANCE", 5_000_000),
    ("MICRO", "微民生", "MIC", "CASE", "AFTER", 5_000_000),
    ("FACILITY", "社区用房补助", "FAC", "CASE", "ADVANCE", None),
    ("REWARD", "以奖代补", "REW", "CASE", "AFTER", None),
    ("PURCHASE", "政府购买服务", "PUR", "PANEL", "ADVANCE", None),
]


def load(apps, schema_editor):
    Programme = apps.get_model("calls", "ProgrammeType")
    for code, name, prefix, route, payment, ceiling in TYPES:
        Programme.objects.get_or_create(
            code=code,
            defaults={"name": name, "prefix": prefix, "route": route, "payment": payment, "ceiling": ceiling},
        )


class Migration(migrations.Migration):
    dependencies = [("calls", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
