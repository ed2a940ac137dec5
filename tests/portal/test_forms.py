"""What people or machines write into a form is read, or left for the service to refuse."""

from starlette.datastructures import FormData

from portal.commands.cases import choices_of_lines
from portal.commands.pairs import percent
from portal.forms import Filled

HUGE = "9" * 5000


def test_a_number_beyond_all_measure_is_left_for_the_service_to_refuse():
    form = Filled(FormData({"reach_km": HUGE, "leave_out": HUGE}))

    assert form.number("reach_km") == HUGE
    assert choices_of_lines(form)["leave_out"] == [HUGE]
    assert percent(HUGE) == HUGE


def test_a_number_is_read_and_nothing_is_no_number():
    form = Filled(FormData({"reach_km": "15", "seed": str(2**40), "minutes": "une heure"}))

    assert form.number("reach_km") == 15
    assert form.number("seed") == 2**40
    assert form.number("minutes") == "une heure"
    assert form.number("places") is None
