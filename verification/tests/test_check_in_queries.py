"""How many statements a check-in asks of the database. A whole class checks in within a minute."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lab.fake_engine import honest_burst
from verification.tests.support import challenge_of, sightings, tokens

MOST = {"scan": 12, "hear": 15, "show": 16, "mark": 21}


@pytest.mark.django_db(transaction=True)  # as on a server, where no call is a transaction
def test_a_check_in_asks_no_more_than_it_did(phone, open_session):
    asked = {}

    def counted(name, call, *given):
        with CaptureQueriesContext(connection) as statements:
            answer = call(*given)
        assert answer.status_code == 200, answer.json()
        asked[name] = len(statements)
        return answer.json()

    step = counted("scan", phone.scan, tokens(open_session))
    burst = honest_burst("me", challenge_of(step))
    counted("hear", phone.hear, step["attempt"], sightings(open_session))
    counted("show", phone.show, step["attempt"], 1, burst)
    assert counted("mark", phone.mark, step["attempt"])["outcome"] == "present"
    assert {name for name, most in MOST.items() if asked[name] > most} == set(), asked
