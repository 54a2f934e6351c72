"""Invented names of clusters: places that do not exist, and things a cluster could be about."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

KINDS = ("Klaster", "Sieć Współpracy", "Dolina", "Sojusz", "Platforma", "Grono")
PLACES = (
    "Srebrnych Brzóz", "Czterech Jezior", "Bursztynowego Brodu", "Zielonych Wrót", "Starego Młyna", "Mglistych Łąk",
    "Jarzębinowego Wzgórza", "Kamiennego Progu", "Siedmiu Mostów", "Białego Żurawia", "Wrzosowej Polany",
    "Sokolego Gniazda", "Jasnej Wody", "Modrych Stawów", "Dębowej Ostoi", "Wiatrowego Brzegu", "Złotego Kłosa",
    "Lipowej Alei", "Krętej Strugi", "Rysiego Szlaku",
)  # fmt: skip
THEMES = {
    "biotechnology_medicine": ("Zdrowia", "Biotechnologii", "Wyrobów Medycznych", "Diagnostyki"),
    "chemistry_construction_circular": ("Budownictwa", "Nowej Chemii", "Obiegu Zamkniętego", "Recyklingu"),
    "education_food_tourism": ("Dobrej Żywności", "Edukacji", "Turystyki", "Smaków"),
    "ict": ("Oprogramowania", "Danych", "Elektroniki", "Cyfrowych Rozwiązań"),
    "automotive_aviation_transport": ("Pojazdów", "Lotnictwa", "Logistyki", "Mobilności"),
    "metal_machinery_materials": ("Metalu", "Maszyn", "Materiałów", "Narzędzi"),
}
OTHER_THEMES = ("Przemysłu", "Usług", "Innowacji")
COORDINATORS = ("Fundacja {}", "Stowarzyszenie {}", "Agencja Rozwoju {}", "Park Technologiczny {}", "{} sp. z o.o.")
# What respondents add to a list of options, by the study's own examples put in other words.
OTHER_ITEMS = (
    "spotkania online", "wsparcie młodych firm", "bony na innowacje", "laboratorium pokazowe", "agendy badawcze",
    "wspólne wyjazdy", "mapowanie technologii", "patronat nad wydarzeniami", "zarządzanie projektami",
    "ocena zgodności wyrobów", "pilotaże u członków", "platforma edukacyjna", "warsztaty dla szkół",
)  # fmt: skip


def invent_names(industries: Sequence[str], taken: Collection[str], rng: np.random.Generator) -> list[str]:
    """One name per cluster, all different and none of `taken`; a number is added once a combination is used up."""
    used = {name.casefold() for name in taken}
    names = []
    for industry in industries:
        words = (KINDS, THEMES.get(str(industry), OTHER_THEMES), PLACES)
        first = " ".join(part[rng.integers(len(part))] for part in words)
        name, number = first, 1
        while name.casefold() in used:
            number += 1
            name = f"{first} {number}"
        used.add(name.casefold())
        names.append(name)
    return names


def invent_coordinators(number: int, rng: np.random.Generator) -> list[str]:
    """The organisations that run `number` clusters; one can run several."""
    return [
        COORDINATORS[rng.integers(len(COORDINATORS))].format(PLACES[rng.integers(len(PLACES))]) for _ in range(number)
    ]


def other_items(count: float, rng: np.random.Generator) -> str | None:
    """`count` further items as a respondent types them, or nothing."""
    chosen = rng.permutation(len(OTHER_ITEMS))[: int(count)]
    return "; ".join(OTHER_ITEMS[index] for index in chosen) or None
