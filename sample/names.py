"""Invented names of clusters and coordinators: places that do not exist. The same number has the same name always."""

from __future__ import annotations

import numpy as np

# What a cluster calls itself, and what instead once it is renamed.
KINDS = {
    "Klaster": "Wspólnota",
    "Sieć Współpracy": "Konsorcjum",
    "Dolina": "Zagłębie",
    "Sojusz": "Związek",
    "Platforma": "Ekosystem",
    "Grono": "Porozumienie",
}
THEMES = ("Przemysłu", "Usług", "Innowacji", "Rozwoju", "Nowych Technologii", "Przedsiębiorczości", "Dobrych Praktyk")
PLACES = (
    "Srebrnych Brzóz", "Czterech Jezior", "Bursztynowego Brodu", "Zielonych Wrót", "Starego Młyna", "Mglistych Łąk",
    "Jarzębinowego Wzgórza", "Kamiennego Progu", "Siedmiu Mostów", "Białego Żurawia", "Wrzosowej Polany",
    "Sokolego Gniazda", "Jasnej Wody", "Modrych Stawów", "Dębowej Ostoi", "Wiatrowego Brzegu", "Złotego Kłosa",
    "Lipowej Alei", "Krętej Strugi", "Rysiego Szlaku", "Cichego Zakola", "Kruczej Skały", "Ostrego Wiru",
)  # fmt: skip
COORDINATORS = ("Fundacja {}", "Stowarzyszenie {}", "Agencja Rozwoju {}", "Park Technologiczny {}", "{} sp. z o.o.")
# What respondents add to a list of options, by the study's own examples put in other words.
OTHER_ITEMS = (
    "spotkania online", "wsparcie młodych firm", "bony na innowacje", "laboratorium pokazowe", "agendy badawcze",
    "wspólne wyjazdy", "mapowanie technologii", "patronat nad wydarzeniami", "zarządzanie projektami",
    "ocena zgodności wyrobów", "pilotaże u członków", "platforma edukacyjna", "warsztaty dla szkół",
)  # fmt: skip


def cluster_name(number: int, is_renamed: bool = False) -> str:
    """The name of the cluster `number` (from 0): different for every number, and another one once it is renamed.

    The numbers of kinds, themes and places have no common divisor, so neighbours differ in all three.
    """
    kinds, lap = tuple(KINDS.items()), number // (len(KINDS) * len(THEMES) * len(PLACES))
    kind, theme, place = kinds[number % len(kinds)], THEMES[number % len(THEMES)], PLACES[number % len(PLACES)]
    return f"{kind[is_renamed]} {theme} {place}" + (f" {lap + 1}" if lap else "")


def coordinator_name(number: int, is_new: bool = False) -> str:
    """The organisation that runs the cluster `number`, or its successor; one can run several clusters."""
    kind = COORDINATORS[(number + is_new) % len(COORDINATORS)]
    return kind.format(PLACES[(number * 7 + 11 * is_new) % len(PLACES)])


def other_items(count: float, rng: np.random.Generator) -> str | None:
    """`count` further items as a respondent types them, or nothing."""
    chosen = rng.permutation(len(OTHER_ITEMS))[: int(count)]
    return "; ".join(OTHER_ITEMS[index] for index in chosen) or None
