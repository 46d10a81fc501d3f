"""What the pages of imports share: upload a file, look at what would change, and apply it.

The file waits in a table of its own for the person who uploaded it. What is applied is therefore
read again on the server and not taken from the browser.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.pages import viewer
from attendance_project import clock, page_refusals
from attendance_project.lists import back_to_list
from attendance_project.tables import ColumnsUnclear, Layout
from attendance_project.tables.problems import SameProblem
from sessions_app import imports
from sessions_app.forms.columns import ColumnsForm
from sessions_app.forms.imports import UploadForm
from sessions_app.forms.words import WordsForm
from sessions_app.imports import Action, ImportRefused, Plan, UnusedKind, WordsUnclear
from sessions_app.models import Course
from sessions_app.services import waiting_files as waiting
from sessions_app.services.waiting_files import Upload
from sessions_app.views import calendar_choices, encodings
from sessions_app.views.base import with_status_of

MOST_FLASHED = 3
"""Problems in a message above a page."""
_LISTED = (UnusedKind.FAULTY, UnusedKind.UNREAD, UnusedKind.LEFT_OUT, UnusedKind.UNRELATED)
"""The lists below the changes of a preview, in this order."""
_MOST_SHOWN = 500
"""Events of one list on the page. The command lists them all."""


@dataclass(frozen=True)
class ImportPages:
    """One of the imports: its address, what it is called, and how a file becomes a plan."""

    name: str
    title: Any
    explained: Any
    """What is imported, and how, in the words above the form."""
    plan: Callable[[Upload, User, datetime], Plan]
    form: Callable[..., UploadForm]
    """Makes the form that asks for its file."""
    layout: Layout | None = None
    """The columns of its files, for imports of tables."""
    asks: bool = False
    """Whether the preview asks which course is meant."""
    may_leave_out: bool = False
    """Whether lines at fault can be left out of its files."""
    leads_to: Callable[[Plan], str] | None = None
    """The address of the page that shows what was written. The import's own unless given."""

    @property
    def template(self) -> str:
        return f"imports/{self.name}.html"

    @property
    def apply_url(self) -> str:
        return f"{self.name}-apply"

    @property
    def preview_url(self) -> str:
        return f"{self.name}-preview"

    @property
    def columns_url(self) -> str:
        return f"{self.name}-columns"


@dataclass(frozen=True)
class Question:
    """What a page asks about a file: its head, what to do, and the name of the address that takes
    the answer. ``problems`` are why it has to be asked."""

    title: str
    explained: str
    url: str
    problems: Sequence[SameProblem] = ()


def sent(request: HttpRequest) -> tuple[Any, Any]:
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def show_form(request: HttpRequest, kind: ImportPages, form: Any, **more: Any) -> HttpResponse:
    """The page that asks for a file. ``more`` is what its own template needs besides."""
    return page_refusals.form_page(request, kind.template, {"kind": kind, "form": form, **more})


def upload_file(request: HttpRequest, kind: ImportPages, form: Any) -> HttpResponse:
    """Keep the file, and lead to the page that plans it: planning a long one takes a second."""
    if not form.is_valid():
        return show_form(request, kind, form)
    file = form.cleaned_data["file"]
    keep(request, kind, Upload(file.name, file.read(), form.options))
    return redirect(kind.preview_url)


def choose_columns(request: HttpRequest, kind: ImportPages) -> HttpResponse:
    """Read the waiting file by the columns that a person chooses, and keep that choice. Where they
    only ask how it reads in an encoding, ask for the columns again."""
    upload = kept(request, kind)
    if upload is None or kind.layout is None:
        messages.error(request, _("The file is no longer here. Choose it again."))
        return redirect(kind.name)
    try:
        upload, is_reread = _in_chosen_encoding(request, kind, upload)
        unclear = imports.columns_of(upload.data, kind.layout, upload.options, by=viewer(request))
        if not is_reread and "show" not in request.POST:
            return _take_columns(request, kind, kind.layout, upload, unclear)
        keep(request, kind, upload)
        form = _columns_form(request, kind.layout, unclear, again=True)
        return _ask_for_columns(request, kind, upload, unclear, form)
    except ImportRefused as error:
        messages.error(request, "; ".join(map(str, error.told[:MOST_FLASHED])))
        return redirect(kind.name)


def _in_chosen_encoding(
    request: HttpRequest, kind: ImportPages, upload: Upload
) -> tuple[Upload, bool]:
    """The upload as it is to be read, and whether this form chooses another encoding for it."""
    encoding = encodings.chosen(request)
    if not encoding:
        return upload, False
    options = imports.in_encoding(
        upload.data, kind.layout, upload.options, encoding, by=viewer(request)
    )
    return replace(upload, options=options), True


def _take_columns(
    request: HttpRequest,
    kind: ImportPages,
    layout: Layout,
    upload: Upload,
    unclear: ColumnsUnclear,
) -> HttpResponse:
    form = _columns_form(request, layout, unclear)
    if not form.is_valid():
        return _ask_for_columns(request, kind, upload, unclear, form)
    chosen = replace(upload, options=upload.options | {"columns": form.choice})
    leads_to = kind.preview_url
    try:
        kind.plan(chosen, viewer(request), clock.now())
    except ColumnsUnclear as still:
        return _ask_for_columns(request, kind, upload, still, form)
    except WordsUnclear:
        leads_to = "import-enrolments-words"
    remember_columns(request, layout, unclear, form)
    keep(request, kind, chosen)
    return redirect(leads_to)


def remember_columns(
    request: HttpRequest, layout: Layout, unclear: ColumnsUnclear, form: ColumnsForm
) -> None:
    signature = unclear.header.signature
    imports.remember(layout, signature, form.choice, by=viewer(request), now=clock.now())


def _columns_form(
    request: HttpRequest, layout: Layout, unclear: ColumnsUnclear, *, again: bool = False
) -> ColumnsForm:
    """The form as it was sent, or with ``again`` one that asks anew and has what was sent in it."""
    return ColumnsForm(
        request.POST if request.method == "POST" and not again else None,
        initial=request.POST.dict() if again else None,
        layout=layout,
        header=unclear.header,
        samples=unclear.samples,
        label_suffix="",
    )


def _ask_for_columns(
    request: HttpRequest,
    kind: ImportPages,
    upload: Upload,
    unclear: ColumnsUnclear,
    form: ColumnsForm | None = None,
) -> HttpResponse:
    layout: Any = kind.layout
    header, samples = unclear.header, unclear.samples
    question = Question(
        _("Choose columns"),
        _(
            "Say what each column of the file holds. Your choice is remembered for files with the "
            "same columns. Nothing is saved yet."
        ),
        kind.columns_url,
        unclear.told,
    )
    form = form or ColumnsForm(layout=layout, header=header, samples=samples, label_suffix="")
    readings = encodings.options(unclear.readings)
    return ask(request, kind, upload, question, form, readings=readings)


def ask(
    request: HttpRequest,
    kind: ImportPages,
    upload: Upload,
    question: Question,
    form: Any,
    **more: Any,
) -> HttpResponse:
    """Ask about the waiting file before its changes are shown."""
    context = {
        "form": form,
        "question": question,
        "file_name": upload.name,
        "back_url": kind.name,
        **more,
    }
    return page_refusals.form_page(request, "imports/question.html", context)


def choose_words(request: HttpRequest, kind: ImportPages) -> HttpResponse:
    """Keep what a person says of the statuses in the waiting file, and read it by that."""
    upload = kept(request, kind)
    if upload is None:
        messages.error(request, _("The file is no longer here. Choose it again."))
        return redirect(kind.name)
    try:
        words = imports.words_of(upload.data, upload.options, by=viewer(request))
        form = WordsForm(request.POST or None, words=words, label_suffix="")
        if words and not form.is_valid():
            question = Question(
                _("What the statuses mean"),
                _(
                    "Say of each status in the file whether such people are still there. Who is "
                    "gone is left out of the import. Your choice is remembered for all later "
                    "files. Nobody is imported yet."
                ),
                "import-enrolments-words",
            )
            return ask(request, kind, upload, question, form)
        choice = form.choice if words else {}
        imports.remember_words(choice, words, by=viewer(request), now=clock.now())
    except ImportRefused as error:
        messages.error(request, "; ".join(map(str, error.told[:MOST_FLASHED])))
        return redirect(kind.name)
    return redirect(kind.preview_url)


def apply_changes(request: HttpRequest, kind: ImportPages) -> HttpResponse:
    """Apply what was looked at. Where it would be something else by now, show that instead."""
    upload = kept(request, kind)
    if upload is None:
        messages.error(request, _("The file is no longer here. Choose it again."))
        return redirect(kind.name)
    try:
        is_chosen = _choose(request, kind, upload)
        upload, is_reread = _in_chosen_encoding(request, kind, upload)
        if is_reread:
            keep(request, kind, upload)
            return redirect(kind.preview_url)
        plan = kind.plan(upload, viewer(request), clock.now())
        if is_chosen or "show" in request.POST:
            keep(request, kind, upload)
            return back_to_list(request, kind.preview_url)
        if plan.digest != request.POST.get("digest"):
            messages.warning(
                request, _("Something has changed since this preview. Please check it again.")
            )
            return back_to_list(request, kind.preview_url)
        imports.apply(plan)
    except ImportRefused as error:
        messages.error(request, f"{error.told[0]} {error.advice}")
        return redirect(kind.name)
    waiting.forget(by=viewer(request))
    messages.success(request, _done(plan))
    if kind.leads_to:
        return redirect(kind.leads_to(plan))
    return redirect(f"{reverse(kind.name)}?done=1")


def _done(plan: Plan) -> str:
    counts = plan.counts
    if counts["restored"]:
        told = _(
            "Imported: %(added)d added, %(changed)d changed, %(dropped)d removed, %(restored)d "
            "restored."
        )
        return told % counts
    return _("Imported: %(added)d added, %(changed)d changed, %(dropped)d removed.") % counts


def _choose(request: HttpRequest, kind: ImportPages, upload: Upload) -> bool:
    """Whether this form chooses something else than before. It is put into the upload."""
    if not kind.asks:
        return False
    before = upload.options.get("choices", {})
    chosen = calendar_choices.posted(request, before)
    upload.options["choices"] = chosen
    return chosen != before


def preview(request: HttpRequest, kind: ImportPages) -> HttpResponse:
    """What the waiting file would change. It has an address of its own, so that it can be loaded
    again, and keeps what its lists are searched for."""
    upload = kept(request, kind)
    if upload is None:
        messages.error(request, _("The file is no longer here. Choose it again."))
        return redirect(kind.name)
    try:
        plan = kind.plan(upload, viewer(request), clock.now())
    except ColumnsUnclear as unclear:
        return _ask_for_columns(request, kind, upload, unclear)
    except WordsUnclear:
        return redirect("import-enrolments-words")
    except ImportRefused as error:
        return _refused(request, kind, upload, error)
    return render(request, "imports/preview.html", _previewed(request, kind, upload, plan))


def _previewed(
    request: HttpRequest, kind: ImportPages, upload: Upload, plan: Plan
) -> dict[str, Any]:
    return {
        "plan": plan,
        "choices": _choices(request, plan, upload) if kind.asks else None,
        "readings": encodings.options(plan.readings),
        "unused": plan.unused,
        "unused_lists": [_unused_list(plan, kind) for kind in _LISTED],
        "file_name": upload.name,
        "obstacle": imports.obstacle(),
        "overlaps": plan.overlaps(),
        "groups": [(action, plan.changes(action)) for action in Action],
        "apply_url": kind.apply_url,
        "back_url": kind.name,
        "columns_url": kind.columns_url if kind.layout else "",
    }


def _unused_list(plan: Plan, kind: UnusedKind) -> dict[str, Any]:
    rows = plan.unused_of(kind)
    return {
        "pk": kind.value.replace("_", "-"),
        "label": kind.label,
        "rows": rows[:_MOST_SHOWN],
        "count": len(rows),
        "further": max(0, len(rows) - _MOST_SHOWN),
        "advice": plan.advice if kind is UnusedKind.LEFT_OUT else (),
        "is_open": kind is not UnusedKind.UNRELATED,
    }


def _choices(request: HttpRequest, plan: Plan, upload: Upload) -> calendar_choices.CalendarChoices:
    courses = Course.objects.run_by(viewer(request))
    return calendar_choices.of_plan(plan, upload.options.get("choices", {}), courses)


def _refused(
    request: HttpRequest, kind: ImportPages, upload: Upload, error: ImportRefused
) -> HttpResponse:
    """Tell what is wrong, and offer to look at what the other lines change where there are some.
    The form above which it stands has the same options as the one that was sent."""
    form = kind.form(user=viewer(request), initial=upload.options, label_suffix="")
    rest = replace(upload, options=upload.options | {"leave_out_faults": True})
    # A file that is wrong as a whole is not read once more, since it may take long to read.
    may_leave_out = kind.may_leave_out and error.lines
    left_out = _left_out(request, kind, rest) if may_leave_out else 0
    if left_out:
        keep(request, kind, rest)
    else:
        waiting.forget(by=viewer(request))
    context = {
        "kind": kind,
        "form": form,
        "file_name": upload.name,
        "left_out": left_out,
        "problems": error.told[: imports.MOST_TOLD],
        "further": max(0, len(error.told) - imports.MOST_TOLD),
        "code": error.code,
    }
    return with_status_of(render(request, kind.template, context), error)


def _left_out(request: HttpRequest, kind: ImportPages, rest: Upload) -> int:
    """How many lines have to be left out for the others to be imported, or 0 where that is no use:
    nothing is left, or the file as a whole is at fault."""
    try:
        plan = kind.plan(rest, viewer(request), clock.now())
    except ImportRefused:
        return 0
    return len({one.line for one in plan.unused_of(UnusedKind.FAULTY)}) if plan.writes else 0


def keep(request: HttpRequest, kind: ImportPages, upload: Upload) -> None:
    waiting.keep(upload, kind=kind.name, by=viewer(request), now=clock.now())


def kept(request: HttpRequest, kind: ImportPages) -> Upload | None:
    return waiting.kept(kind=kind.name, by=viewer(request), now=clock.now())
