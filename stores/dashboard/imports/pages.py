"""Pages of the import wizard. Each parses, calls one action or QuerySet, and renders; what a job allows is its state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stores.actions import imports as actions
from stores.actions.errors import NotFound, Refused
from stores.actions.reverting import SHOWN, obstacles
from stores.dashboard.imports import diff, findings, labels, publication, setup
from stores.dashboard.imports.beginnings import beginnings
from stores.dashboard.imports.reach import brands_of, job_of, jobs_of, written
from stores.dashboard.imports.uploads import LARGEST_SHOWN, was_too_large
from stores.dashboard.words import n
from stores.imports.errors import ImportRefused
from stores.imports.jobs import choose_mapping, file_of, refused_rows
from stores.imports.progress import progress_of
from stores.imports.refusals import is_geojson
from stores.imports.survey import Survey, survey
from stores.models import ImportJob, ImportRow, Partner
from stores.models.imports import OUTCOMES, STEPS
from stores.tasks.imports import nudge

PER_PAGE = 50
MOST_FREQUENT = 8
TABS = ("", *OUTCOMES, "warned")


def urls(wrap: Callable[..., Any]) -> list[Any]:
    """The wizard's addresses, each wrapped by the site."""
    return [
        path("imports/", wrap(listing), name="imports"),
        path("imports/new/", wrap(upload), name="import_new"),
        path("imports/<int:pk>/", wrap(show), name="import"),
        path("imports/<int:pk>/columns/", wrap(columns), name="import_columns"),
        path("imports/<int:pk>/progress/", wrap(progress), name="import_progress"),
        path("imports/<int:pk>/step/", wrap(step), name="import_step"),
        path("imports/<int:pk>/refused/", wrap(refused), name="import_refused"),
        path("imports/<int:pk>/revert/", wrap(revert), name="import_revert"),
        path("imports/<int:pk>/publish/", wrap(publish), name="import_publish"),
    ]


def page(request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
    """A page of the wizard within the dashboard."""
    return TemplateResponse(
        request, f"stores/imports/{template}.html", {**admin.site.each_context(request), "title": title, **context}
    )


def _title(job: ImportJob) -> str:
    return _("Import of %(file)s") % {"file": job.file_name}


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """All imports of the person's brands: who, when, what came of them."""
    jobs = Paginator(jobs_of(request), PER_PAGE)
    return page(
        request, "list", _("Imports"), jobs=jobs.get_page(request.GET.get("page")), several=len(brands_of(request)) > 1,
        outcomes=OUTCOMES,
    )  # fmt: skip


def upload(request: HttpRequest) -> HttpResponse:
    """Choose a file. Its content decides what it is; its name is only shown."""
    user: Any = request.user
    brands = brands_of(request)
    partners = list(Partner.objects.visible_to(user, to="import_stores").filter(brand__in=brands).order_by("code"))
    errors = []
    if request.method == "POST":
        sent = written(request)
        file = request.FILES.get("file")
        brand = next((each for each in brands if str(each.pk) == sent.get("brand", str(brands[0].pk))), None)
        if brand is None:
            raise Http404
        partner = next((each for each in partners if str(each.pk) == sent.get("partner")), None)
        if was_too_large(request):
            errors.append(_("The file is larger than %(most)s.") % {"most": LARGEST_SHOWN})
        elif file is None:
            errors.append(_("Choose a file."))
        else:
            try:
                name = PurePosixPath(str(file.name).replace("\\", "/")).name
                job = actions.upload_list(by=user, brand=brand, file_name=name, content=file.chunks())
            except NotFound:
                raise Http404 from None
            except Refused as refusal:
                errors.append(refusal.said())
            else:
                ours = f"?partner={partner.pk}" if partner is not None and partner.brand_id == brand.pk else ""
                return HttpResponseRedirect(reverse("admin:import_columns", args=[job.pk]) + ours)
    context = {
        "brands": brands,
        "partners": partners,
        "errors": errors,
        "largest": LARGEST_SHOWN,
        "bytes": actions.LARGEST_UPLOAD,
    }
    return page(request, "upload", _("Import stores"), **context)


@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The job as it stands: its columns, its progress, its preview or its result."""
    job = job_of(request, pk)
    if job.state in {"uploaded", "failed"}:
        return HttpResponseRedirect(reverse("admin:import_columns", args=[job.pk]))
    if job.state in STEPS:
        return page(request, "progress", _title(job), job=job, **_progress(job))
    user: Any = request.user
    tab = request.GET.get("show", "")
    tab = tab if tab in TABS else ""
    words = request.GET.get("q", "").strip()[:100]
    rows = ImportRow.objects.visible_to(user, to="import_stores").filter(job=job).having(tab).mentioning(words)
    found = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    counts = {**dict.fromkeys(TABS, 0), **job.counts}
    total = sum(counts[name] for name in OUTCOMES)
    return page(
        request,
        "job",
        _title(job),
        job=job,
        state=labels.state(job.state),
        rows=diff.shown(list(found), user),
        found=found,
        tabs=[
            (name, labels.outcome(name) if name else _("All rows"), counts[name] if name else total) for name in TABS
        ],
        tab=tab,
        words=words,
        query=urlencode({"show": tab, "q": words}) + "&",
        counts=counts,
        to_write=counts["created"] + counts["changed"],
        frequent=_frequent(job) if not tab and not words and found.number == 1 else [],
    )


def _frequent(job: ImportJob) -> list[tuple[str, str, int]]:
    """The most frequent reasons and warnings, so that 10,000 of one kind are one line."""
    rows = ImportRow.objects.filter(job=job)
    found = []
    for kind, name in (("bad", "reasons"), ("warn", "warnings")):
        counted: Counter[str] = Counter()
        for column, reason, count in rows.most_frequent(name, 60):
            said = findings.said(reason)
            counted[f"{diff.column(column)}: {said}" if column else said] += count
        found += [(kind, sentence, count) for sentence, count in counted.most_common(MOST_FREQUENT)]
    return found


def _progress(job: ImportJob) -> dict[str, Any]:
    told = progress_of(job)
    percent = min(round(100 * told.done / told.total), 100) if told and told.total else None
    done = f"{n(told.done)} / {n(told.total)}" if told and told.total and told.done else ""
    unsaid = _("Working") if job.attempts else _("Waiting for a worker")
    return {"stage": labels.stage(told.stage) if told else unsaid, "percent": percent, "done": done,
            "state": labels.state(job.state)}  # fmt: skip


@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the job's step is, for the page that shows the bar."""
    job = job_of(request, pk)
    return JsonResponse({"working": job.state in STEPS, **_progress(job)})


def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Map the columns. ``do`` says what a button asks: look again, another encoding, or preview."""
    job = job_of(request, pk)
    if job.state not in {"uploaded", "previewed", "failed"}:
        return HttpResponseRedirect(reverse("admin:import", args=[job.pk]))
    user: Any = request.user
    do = request.POST.get("do", "") if request.method == "POST" else ""
    try:
        if do == "encoding":
            known = dict(labels.ENCODINGS)
            actions.set_up(
                by=user,
                job=job,
                encoding=request.POST.get("encoding", "") if request.POST.get("encoding") in known else "",
            )
            return HttpResponseRedirect(request.get_full_path())
        seen = _seen(job)
    except ImportRefused as error:
        return page(request, "columns", _title(job), job=job, broken=str(error), encodings=labels.ENCODINGS)
    except NotFound:
        raise Http404 from None
    except Refused as refusal:
        messages.error(request, refusal.said())
        return HttpResponseRedirect(request.get_full_path())
    partners = list(
        Partner.objects.visible_to(user, to="import_stores")
        .filter(brand=job.brand_id)
        .select_related("market")
        .order_by("code")
    )
    choice = beginnings(job, seen, user)
    beginning = choice.begin(request.POST.get("begin", "") or request.GET.get("begin", ""))
    if do:
        found = setup.read(request, beginning, job, seen, partners)
        if do == "preview":
            setup.check(found, seen)
            if not found.errors and (answer := _ask_for_preview(request, job, found, seen)) is not None:
                return answer
    else:
        partner = next((each for each in partners if str(each.pk) == request.GET.get("partner")), None)
        found = setup.begun(beginning, job, seen, partner=partner)
    return page(
        request, "columns", _title(job), job=job, seen=seen, beginnings=choice.options, begin=beginning.key,
        encodings=labels.ENCODINGS, kind=labels.kind(seen.source.kind.value), **setup.context(found, job, seen, partners),
    )  # fmt: skip


def _seen(job: ImportJob) -> Survey:
    with file_of(job) as file:
        return survey(file, job.encoding if job.encoding_is_given else None)


def _ask_for_preview(request: HttpRequest, job: ImportJob, found: setup.Setup, seen: Survey) -> HttpResponse | None:
    user: Any = request.user
    mapping = found.mapping(seen.headers)
    try:
        choose_mapping(by=user, job=job, mapping=mapping, complete=found.complete)
        if found.keep_as:
            actions.save_mapping(by=user, brand=job.brand, name=found.keep_as, mapping=mapping)
        nudge(actions.ask(by=user, job=job, step="previewing"))
    except NotFound:
        raise Http404 from None
    except ImportRefused as error:
        found.errors.append(str(error))
        return None
    except Refused as refusal:
        found.errors.append(refusal.said())
        return None
    return HttpResponseRedirect(reverse("admin:import", args=[job.pk]))


def _apply(user: Any, job: ImportJob, sent: Mapping[str, str]) -> None:
    nudge(actions.ask(by=user, job=job, step="applying", allow_mass_change=sent.get("mass_change") == "yes"))


def _preview(user: Any, job: ImportJob, sent: Mapping[str, str]) -> None:
    nudge(actions.ask(by=user, job=job, step="previewing"))


def _revert(user: Any, job: ImportJob, sent: Mapping[str, str]) -> None:
    nudge(actions.ask(by=user, job=job, step="reverting"))


def _cancel(user: Any, job: ImportJob, sent: Mapping[str, str]) -> None:
    actions.cancel_job(by=user, job=job)


_STEPS = {"apply": _apply, "preview": _preview, "revert": _revert, "cancel": _cancel}


@require_POST
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """What a button of a job's page asks for."""
    job = job_of(request, pk)
    sent = written(request)
    ask = _STEPS.get(sent.get("step", ""))
    if ask is None:
        raise Http404
    try:
        ask(request.user, job, sent)
    except NotFound:
        raise Http404 from None
    except Refused as refusal:
        messages.error(request, refusal.said())
    back = "admin:imports" if sent["step"] == "cancel" else "admin:import"
    return HttpResponseRedirect(reverse(back, args=[] if back == "admin:imports" else [job.pk]))


@require_safe
def refused(request: HttpRequest, pk: int) -> HttpResponse:
    """The refused rows with the list's own columns, to be mended and imported again."""
    job = job_of(request, pk)
    try:
        content = "".join(refused_rows(job))
    except ImportRefused as error:
        messages.error(request, findings.said(str(error)))
        return HttpResponseRedirect(reverse("admin:import", args=[job.pk]))
    kind, ending = ("application/geo+json", "geojson") if is_geojson(content) else ("text/csv; charset=utf-8", "csv")
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="refused-{job.pk}.{ending}"'
    return answer


@require_safe
def revert(request: HttpRequest, pk: int) -> HttpResponse:
    """What undoing would do, and what stands in its way."""
    job = job_of(request, pk)
    if job.state != "applied":
        return HttpResponseRedirect(reverse("admin:import", args=[job.pk]))
    found = obstacles(job)
    return page(
        request, "revert", _title(job), job=job, obstacles=found[:200], count=len(found), more=len(found) >= SHOWN,
        removed=job.counts.get("created", 0), restored=job.counts.get("changed", 0),
    )  # fmt: skip


def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """What still keeps the imported stores from customers, and the button that publishes those that are complete."""
    job = job_of(request, pk)
    if job.state != "applied":
        return HttpResponseRedirect(reverse("admin:import", args=[job.pk]))
    if request.method == "POST":
        try:
            done = publication.publish_complete(by=request.user, job=job)
        except Refused as refusal:
            messages.error(request, refusal.said())
        else:
            messages.success(request, _("Published: %(count)s") % {"count": n(done.published)})
        return HttpResponseRedirect(request.path)
    found = publication.standing(request.user, job)
    shown = Paginator(list(found.held), PER_PAGE).get_page(request.GET.get("page"))
    rows = publication.rows(request.user, {pk: found.held[pk] for pk in shown})
    return page(request, "publish", _title(job), job=job, standing=found, found=shown, rows=rows)
