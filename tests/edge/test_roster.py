"""Calls whose key changes while they stand."""

from tests.edge.test_line import Bench
from tests.fakes.edges import dial

from uponai.edge.call import Call
from uponai.edge.legs import Legs
from uponai.edge.roster import Roster
from uponai.link.media import Refer


class Board:
    def __init__(self):
        self.placed, self.hung_up = [], []

    def place(self, call, dial):
        self.placed.append(call)

    def hang_up(self, call, reason):
        self.hung_up.append(call)


def test_a_call_is_found_by_its_new_key_alone_and_is_over_once():
    calls, call = Roster(), Call("k1", "call_1", 1, 7, ())
    calls.add(call)
    calls.rename(call, "k2")
    assert (calls.find("k1"), calls.find("k2"), len(calls)) == (None, call, 1)
    assert (calls.remove(call), calls.remove(call), calls.all()) == (True, False, [])


def test_a_caller_who_is_handed_on_keeps_whoever_is_called_for_them():
    board, calls, first = Board(), Roster(), Call("k1", "call_1", 1, 7, ())
    first.line, first.order = Bench().line, dial("trunk.example")
    first.trunk = first.order.trunk
    calls.add(first)
    legs = Legs(board, lambda call, digits: None)
    legs.begin(first, Refer(1, "+15550003", mode="invite"))
    calls.rename(first, "in-2")
    legs.first_over(first)
    assert board.hung_up == board.placed
    assert len(board.placed) == 1
