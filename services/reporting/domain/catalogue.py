"""The first ten indicators that funders and associations ask for, in words."""

from reporting.domain.definitions import (
    OF_PAIRS,
    OF_REFERRALS,
    Definition,
    IndicatorNotFound,
    Kind,
    Measure,
    Split,
    Words,
)

DAYS = Words("jours", "days")
PEOPLE = Words("jeunes", "young people")
PAIRS = Words("binômes", "pairs")
YOUNG_PEOPLE = Words("Jeunes accompagnés", "Young people mentored")
SERVED = Words(
    "Personnes distinctes dont un binôme a été actif au moins un instant de la période "
    "(convention signée avant la fin, binôme non clos avant le début), "
    "chacune comptée une fois, toutes associations confondues",
    "Distinct people of whom a pair was active at some moment of the period "
    "(agreement signed before its end, pair not closed before its start), "
    "each counted once across all associations",
)
AT_ENTRY = Words(
    f"{SERVED.fr}, selon ce que l'orientation en disait à la fin de la période.",
    f"{SERVED.en}, by what the referral said of them at the end of the period.",
)


def counted(code: str, words: Words, *more: Split) -> Measure:
    return Measure(code=code, words=words, splits=OF_REFERRALS | set(more))


def young_people_by(number: int, code: str, by: Words, *splits: Split) -> Definition:
    """Define the young people of a period, told apart by one thing or another."""
    measure = Measure(code="young_people", words=YOUNG_PEOPLE, splits=frozenset(splits))
    return Definition(
        number=number,
        code=code,
        version=1,
        recommended=True,
        words=Words(
            f"Jeunes accompagnés dans la période, {by.fr}.",
            f"Young people mentored in the period, {by.en}.",
        ),
        formula=AT_ENTRY,
        unit=PEOPLE,
        measures=(measure,),
        usual_split=splits[0],
    )


def matched(version: int, end: Words, *, recommended: bool) -> Definition:
    words = Words("Délai", "Time")
    measure = Measure(code="time_to_match", words=words, splits=OF_PAIRS, kind=Kind.SPREAD)
    return Definition(
        number=2,
        code="time_to_match",
        version=version,
        recommended=recommended,
        words=Words(
            f"Délai entre l'orientation et {end.fr}.", f"Time from the referral to {end.en}."
        ),
        formula=Words(
            f"Jours entre le dépôt de l'orientation et {end.fr}, s'il tombe dans la période.",
            f"Days from the submission of the referral to {end.en}, if in the period.",
        ),
        unit=DAYS,
        measures=(measure,),
    )


def started(version: int, words: Words, formula: Words, *, recommended: bool) -> Definition:
    counts = Words("Binômes commencés", "Pairs started")
    return Definition(
        number=3,
        code="pairs_started",
        version=version,
        recommended=recommended,
        words=words,
        formula=formula,
        unit=PAIRS,
        measures=(Measure(code="started", words=counts, splits=OF_PAIRS),),
    )


def duration(version: int, start: Words, *, recommended: bool) -> Definition:
    lasting = Words("Durée des binômes", "How long pairs last")
    return Definition(
        number=10,
        code="duration",
        version=version,
        recommended=recommended,
        words=Words(
            f"Durée des binômes commencés dans la période, depuis {start.fr}.",
            f"How long the pairs that started in the period last, from {start.en}.",
        ),
        formula=Words(
            "Estimateur de Kaplan et Meier (1958) : un binôme en cours compte jusqu'à la fin de "
            "la période ; part qui dure au moins 183 et 365 jours ; vide si aucun binôme n'a été "
            "suivi assez longtemps. Une pause compte, un binôme rouvert n'a pas cessé.",
            "Kaplan-Meier estimate (1958): a running pair counts until the end of the period; "
            "share that lasts at least 183 and 365 days; empty if no pair was watched that long. "
            "A pause counts, a pair that was reopened never ended.",
        ),
        unit=Words("jours ; parts de 0 à 1", "days; shares from 0 to 1"),
        measures=(Measure(code="lasting", words=lasting, splits=OF_PAIRS, kind=Kind.SURVIVAL),),
    )


REFERRALS = Definition(
    number=1,
    code="referrals",
    version=1,
    recommended=True,
    words=Words(
        "Orientations reçues, proposées à une association, déclinées et restées sans réponse.",
        "Referrals received, offered to an association, declined, and never answered.",
    ),
    formula=Words(
        "Nombre d'orientations déposées dans la période ; de propositions à une association, "
        "de refus et d'expirations dans la période (une orientation peut en avoir plusieurs). "
        "Une orientation reçue compte pour l'association qui l'a déposée, à défaut pour la "
        "première à qui elle est proposée.",
        "Number of referrals submitted in the period; of offers to an association, of declines "
        "and of expiries in the period (one referral may have several). "
        "A referral received counts for the association that submitted it, or else for the "
        "first to which it is offered.",
    ),
    unit=Words("orientations, propositions", "referrals, offers"),
    measures=(
        counted("received", Words("Reçues", "Received")),
        counted("routed", Words("Proposées à une association", "Offered to an association")),
        counted("declined", Words("Déclinées", "Declined"), Split.REASON),
        counted("expired", Words("Restées sans réponse", "Never answered")),
    ),
)

TIME_TO_ANSWER = Definition(
    number=2,
    code="time_to_answer",
    version=1,
    recommended=True,
    words=Words(
        "Délai entre l'orientation et la première réponse d'une association.",
        "Time from the referral to the first answer of an association.",
    ),
    formula=Words(
        "Jours entre le dépôt de l'orientation et la première acceptation ou le premier refus, "
        "si cette réponse tombe dans la période.",
        "Days from the submission of the referral to the first acceptance or decline, "
        "if that answer is in the period.",
    ),
    unit=DAYS,
    measures=(
        Measure(
            code="time_to_answer",
            words=Words("Délai", "Time"),
            splits=OF_REFERRALS,
            kind=Kind.SPREAD,
        ),
    ),
)

PAIRS_ACTIVE = Definition(
    number=4,
    code="pairs_active",
    version=1,
    recommended=True,
    words=Words(
        "Binômes actifs à la fin de la période, et jeunes accompagnés pendant la période.",
        "Pairs active at the end of the period, and young people mentored during it.",
    ),
    formula=Words(
        "Binômes dont la convention est signée et qui ne sont pas clos à la fin du dernier "
        f"jour (une pause compte). {SERVED.fr}.",
        "Pairs whose agreement is signed and that are not closed at the end of the last day "
        f"(a pause counts). {SERVED.en}.",
    ),
    unit=Words("binômes, jeunes", "pairs, young people"),
    measures=(
        Measure(code="active", words=Words("Binômes actifs", "Pairs active"), splits=OF_PAIRS),
        Measure(code="young_people", words=YOUNG_PEOPLE, splits=OF_PAIRS),
    ),
)

SIGNED = Words("la signature de la convention", "the signing of the agreement")
MET = Words("la première rencontre", "the first meeting")

CATALOGUE: tuple[Definition, ...] = (
    REFERRALS,
    TIME_TO_ANSWER,
    matched(1, Words("la formation du binôme", "the forming of the pair"), recommended=True),
    matched(2, MET, recommended=False),
    started(
        1,
        Words(
            "Binômes commencés, au sens strict : convention signée.",
            "Pairs started, strictly: agreement signed.",
        ),
        Words(
            "Binômes dont la convention est signée par tous dans la période.",
            "Pairs whose agreement was signed by everyone in the period.",
        ),
        recommended=True,
    ),
    started(
        2,
        Words(
            "Binômes commencés, au sens large : première rencontre tenue.",
            "Pairs started, widely: first meeting held.",
        ),
        Words(
            "Binômes dont la première rencontre a été tenue dans la période.",
            "Pairs whose first meeting was held in the period.",
        ),
        recommended=False,
    ),
    PAIRS_ACTIVE,
    young_people_by(5, "age_bands", Words("par tranche d'âge", "by age band"), Split.AGE_BAND),
    young_people_by(
        6,
        "gender_and_level",
        Words("par genre ou par niveau", "by gender or by level"),
        Split.GENDER,
        Split.LEVEL,
    ),
    young_people_by(
        7,
        "territory",
        Words(
            "par département, commune rurale (moins de 2 000 habitants, seuil de l'INSEE jusqu'en "
            "2020, et non le zonage FRR), quartier prioritaire ou outre-mer",
            "by department, rural commune (fewer than 2,000 inhabitants, the threshold of INSEE "
            "until 2020, and not the FRR zoning), priority district or overseas",
        ),
        Split.DEPARTMENT,
        Split.RURAL,
        Split.PRIORITY_DISTRICT,
        Split.OVERSEAS,
    ),
    young_people_by(
        8,
        "priority_publics",
        Words(
            "par public prioritaire (déclaré par la personne ; elle peut en déclarer plusieurs)",
            "by priority public (as they say themselves; one may say several)",
        ),
        Split.PUBLIC,
    ),
    young_people_by(
        9,
        "axis_and_modality",
        Words("par axe ou par modalité", "by axis or by modality"),
        Split.AXIS,
        Split.MODALITY,
    ),
    duration(1, SIGNED, recommended=True),
    duration(2, MET, recommended=False),
)


def definition(code: str, version: int | None) -> Definition:
    """Find a definition: the version that is asked for, or the recommended one."""
    for each in CATALOGUE:
        if each.code == code and (each.version == version or (each.recommended and not version)):
            return each
    raise IndicatorNotFound(code)
