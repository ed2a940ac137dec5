"""What goes out as CSV opens in a spreadsheet, cannot run there, and comes back as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.imports.export import RUNS, as_csv, harmless, told
from intake.imports.problems import MEND_BY_CODE, WHAT, Problem, mend, what
from intake.imports.textfile import read_text
from intake.imports.understanding import unquoted

READABLE = st.text(st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\ufffd"))


@given(st.text())
def test_no_cell_that_goes_out_can_run(text):
    assert not harmless(text).startswith(RUNS)
    assert "\0" not in harmless(text)
    harmless(text).encode()


@given(READABLE)
def test_a_cell_that_went_out_comes_back_as_it_was(text):
    assert unquoted(harmless(text)) == unquoted(text)


@given(
    st.lists(
        st.lists(READABLE.map(str.strip).filter(bool), min_size=2, max_size=4),
        min_size=1,
        max_size=5,
    )
)
def test_rows_that_went_out_are_read_back_as_they_were(rows):
    rows = [["Prénom", "Nom", "Ville", "Classe"], *rows]

    back = read_text(as_csv(rows)).rows

    assert [[unquoted(cell) for cell in row] for row in back] == [
        [unquoted(cell) for cell in row] for row in rows
    ]


@pytest.mark.parametrize("code", [*WHAT, *MEND_BY_CODE])
def test_every_problem_has_words_in_both_languages(code):
    problem = Problem(code=code, field="level", column=2)

    for say in (what, mend):
        assert say(problem, "fr") != say(problem, "en")


def test_what_is_wrong_is_told_with_line_column_and_mend():
    problem = Problem(code="not_a_date", field="birth_date", column=2)

    assert told(12, [problem], ["Nom", "Prénom", "Né le"], "fr") == (
        "Ligne 12, colonne C (Né le) : Ce n'est pas une date qui existe. "
        "Écrivez jour/mois/année, par exemple 03/09/2012."
    )
    assert told(3, [Problem(code="missing", field="level")], [], "en") == (
        "Row 3, School year or situation : This field is required. Fill in this cell."
    )
