"""The import wizard as a person drives it: pages by name, forms sent back as the browser would."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from stores.imports.jobs import run_step
from stores.models import ImportJob, User

LIST = (
    "Filialnummer;Filialname;Land;Straße;Ort;PLZ;Telefon;Öffnungszeiten;Laune\n"
    "1;Mitte;DE;Torstraße 1;Berlin;10119;030 901820;Mo-Fr 9:00-18:00;gut\n"
    "2;Hamburg;DE;Jungfernstieg 7;Hamburg;20354;040 123456;irgendwann;mies\n"
    "3;;DE;Weg 3;Bonn;53111;;;\n"
)
"""Two stores, one of them with a warning, and a row without a name."""


def signed_in(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


class Wizard:
    """One person's browser. A worker is not running: ``work`` does what a job's state asks for."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.opened = ""
        """Where the last upload led."""

    def address(self, name: str, job: ImportJob | None = None) -> str:
        return reverse(f"admin:{name}", args=[job.pk] if job else [])

    def get(self, name: str, job: ImportJob | None = None, **query: str) -> Any:
        return self.client.get(self.address(name, job), query)

    def post(self, name: str, job: ImportJob, sent: dict[str, Any]) -> Any:
        return self.client.post(self.address(name, job), sent)

    def step(self, job: ImportJob, step: str, **sent: str) -> None:
        answer = self.post("import_step", job, {"step": step, **sent})
        assert answer.status_code == 302

    def try_to_upload(self, content: str | bytes, name: str = "list.csv", **sent: str) -> Any:
        data = content.encode() if isinstance(content, str) else content
        return self.client.post(reverse("admin:import_new"), {"file": SimpleUploadedFile(name, data), **sent})

    def upload(self, content: str | bytes, name: str = "list.csv", **sent: str) -> ImportJob:
        answer = self.try_to_upload(content, name, **sent)
        assert answer.status_code == 302, answer.context["errors"]
        self.opened = answer["Location"]
        job: ImportJob = ImportJob.objects.latest("pk")
        return job

    def form(self, page: Any) -> dict[str, Any]:
        """The columns page as the browser would send it back, no button pressed."""
        context = page.context
        setup = context["setup"]
        sent: dict[str, Any] = {"begin": context["begin"], "source": setup.source, "source_before": setup.source}
        sent |= {f"c{row['number']}": row["target"] for row in context["columns"]}
        sent |= {f"all_{row['name']}": row["value"] for row in context["for_all"]}
        sent |= {f"form_{row['name']}": row["value"] for row in context["dates"]}
        sent["operator_before"] = context["operator_now"]
        for part in context["words"]:
            sent[f"word_{part['name']}"] = [word for word, _ours in part["rows"]]
            sent[f"ours_{part['name']}"] = [ours for _word, ours in part["rows"]]
        if setup.choices.told_by_name:
            sent["told_by_name"] = "1"
        return sent

    def work(self, job: ImportJob) -> ImportJob:
        done = run_step(job)
        job.refresh_from_db()
        return done

    def preview(self, content: str | bytes) -> ImportJob:
        """A list that is uploaded, mapped as suggested, and previewed."""
        job = self.upload(content)
        sent = self.form(self.get("import_columns", job)) | {"do": "preview", "acknowledged": "1"}
        answer = self.post("import_columns", job, sent)
        assert answer.status_code == 302, answer.context["setup"].errors
        job = self.work(job)
        assert (job.state, job.error) == ("previewed", "")
        return job

    def apply(self, content: str | bytes) -> ImportJob:
        job = self.preview(content)
        self.step(job, "apply")
        job = self.work(job)
        assert (job.state, job.error) == ("applied", "")
        return job
