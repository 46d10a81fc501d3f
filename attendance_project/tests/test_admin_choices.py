"""In the administration a choice of nothing is a word, and no row of dashes."""

import pytest
from django.contrib import admin
from django.db.models.fields import BLANK_CHOICE_DASH
from django.urls import reverse

from sessions_app.models import Session

DASHES = BLANK_CHOICE_DASH[0][1]


@pytest.mark.parametrize("model", admin.site._registry, ids=str)
def test_no_select_of_the_administration_shows_dashes(model, client, admin_user, session):
    client.force_login(admin_user)
    names = model._meta.app_label, model._meta.model_name
    for page in ("changelist", "add"):
        answer = client.get(reverse("admin:{}_{}_{}".format(*names, page)))
        assert answer.status_code in (200, 403)
        assert DASHES not in answer.content.decode()


@pytest.mark.parametrize(("name", "words"), [("course", "Choose one"), ("substitute", "None")])
def test_the_word_says_whether_something_must_be_chosen(name, words, admin_user, rf):
    request = rf.get("/")
    request.user = admin_user
    pages = admin.site._registry[Session]
    field = pages.formfield_for_dbfield(Session._meta.get_field(name), request)
    assert field.empty_label == words
