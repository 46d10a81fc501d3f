from reports.domain.flood import FloodGate


def test_gate_bounds_each_kind_and_opens_again_next_minute():
    gate = FloodGate(per_kind=2, in_all=100)
    assert [gate.lets_through("a", at_s=s) for s in (0, 1, 2)] == [True, True, False]
    assert gate.lets_through("b", at_s=3)
    assert gate.lets_through("a", at_s=60)


def test_gate_bounds_the_whole_however_many_kinds():
    gate = FloodGate(per_kind=2, in_all=10)
    assert sum(gate.lets_through(kind, at_s=5) for kind in range(1000)) == 10


def test_gate_forgets_kinds_of_the_minute_before():
    gate = FloodGate(per_kind=1, in_all=10)
    for minute in range(50):
        for kind in range(10):
            gate.lets_through((minute, kind), at_s=minute * 60)
    assert len(gate._seen) <= 10
