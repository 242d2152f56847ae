"""What a newcomer may do wrong at the command line: one line that says what to do, and an exit code that scripts can trust."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from stores.models import ImportJob, Store
from tests.stores.imports.lists import BERLIN, Desk, text_of

pytestmark = pytest.mark.django_db


def test_a_file_that_could_not_be_written_in_the_end_is_refused_before_the_work(desk: Desk, tmp_path: Path) -> None:
    list_of_stores = text_of(BERLIN)
    for flags, said in (
        (("--report", str(tmp_path / "none" / "rows.jsonl")), "there is no such folder"),
        (("--refused", str(tmp_path)), "this is a folder"),
        (("--refused", str(desk.file)), "is the file that is read; choose another name"),
        (("--refused", str(desk.report)), "--report and --refused are two files"),
    ):
        with pytest.raises(CommandError, match=said) as caught:
            desk.run(list_of_stores, "--apply", *flags)
        assert caught.value.returncode == 1
    assert (desk.file.read_text("utf-8"), Store.objects.count(), desk.report.exists()) == (list_of_stores, 0, False)


def interrupted(*args: Any, **options: Any) -> Any:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("command", "what"), [("import_stores", "import_file"), ("export_stores", "rows_of"), ("revert_import", "run_step")]
)
def test_ctrl_c_ends_a_command_with_the_code_that_shells_expect_and_nothing_done(
    command: str, what: str, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.run(text_of(BERLIN), "--apply")
    [job] = ImportJob.objects.all()
    arguments = {
        "import_stores": (str(desk.file), "--brand", "rokid", "--source", "allplaces", "--apply"),
        "export_stores": (str(tmp_path / "stores.csv"), "--brand", "rokid"),
        "revert_import": (str(job.pk), "--apply"),
    }[command]
    monkeypatch.setattr(f"stores.management.commands.{command}.{what}", interrupted)
    with pytest.raises(CommandError, match="stopped; ") as caught:
        call_command(command, *arguments)
    assert caught.value.returncode == 130
    # No worker goes on with what the person stopped, and no half a file lies about.
    assert list(ImportJob.objects.values_list("state", flat=True)) == ["applied"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["list.csv", "report.jsonl"]
