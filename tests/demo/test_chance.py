"""Chance is the same for one seed and one subject, whoever asks, in whatever order."""

from demo.chance import Chance


def test_a_draw_depends_on_its_subject_alone():
    one, other = Chance(5), Chance(5)
    first = [one.between(1, 1000, "pair", number) for number in range(20)]
    backwards = [other.between(1, 1000, "pair", number) for number in reversed(range(20))]

    assert first == backwards[::-1]


def test_subjects_and_seeds_differ():
    draws = {Chance(seed).about("a", number).random() for seed in (1, 2) for number in (1, 2)}

    assert len(draws) == 4


def test_weights_are_kept_to():
    chance = Chance(3)
    heads = sum(
        chance.one_of({"heads": 0.8, "tails": 0.2}, number) == "heads" for number in range(500)
    )

    assert 370 < heads < 430
