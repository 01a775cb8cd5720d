"""What a desk with many demands needs: the last event of a case found by an index, and a half-year's table in a file of its own."""

import zlib

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from answerable.adapters.files import write_whole

_PIECE = 1 << 20


def _tables_to_files(apps, _):
    """Write each table to the file where the desk reads it from now on; one that was there is written again, the same."""
    periods = apps.get_model("desk", "PublishedPeriod").objects
    for period in periods.values_list("period", flat=True):
        folder, row = settings.HOME.reports, periods.only("table", "table_root").get(pk=period)
        folder.mkdir(mode=0o700, exist_ok=True)
        write_whole(folder / f"{period}-{bytes(row.table_root).hex()}.jsonl.gz", _as_gzip(bytes(row.table)))


def _as_gzip(deflated):
    inflating, deflating = zlib.decompressobj(), zlib.compressobj(1, wbits=31)
    for start in range(0, len(deflated), _PIECE):
        yield deflating.compress(inflating.decompress(deflated[start : start + _PIECE]))
    yield deflating.compress(inflating.flush()) + deflating.flush()


class Migration(migrations.Migration):
    dependencies = [("desk", "0019_state_system")]

    operations = [
        migrations.AddIndex("event", models.Index(fields=["case", "serial"], name="events_of_a_case")),
        # The framework would make the whole table anew to be rid of one index, and the triggers would go with the old one.
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "DROP INDEX desk_event_case_id_42322604",
                    "CREATE INDEX desk_event_case_id_42322604 ON desk_event (case_id)",
                )
            ],
            state_operations=[
                migrations.AlterField(
                    "event",
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="desk.case",
                    ),
                )
            ],
        ),
        migrations.RunPython(_tables_to_files),
        migrations.RemoveField("publishedperiod", "table"),
    ]
