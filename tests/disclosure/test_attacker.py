"""The attacker against the public file: he must fail as it is published, and succeed with the policy switched off."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import pytest

from tests.disclosure.attacks import WIDTH, Claim, by_differencing, by_order_statistics, by_solver
from tests.disclosure.figures import Knowledge, Node, known_memberships, true_scores
from tests.disclosure.worlds import exchanged, searched

EDITION = 2024
ATTRIBUTE_OF_A_CUT = {"II.1.1"}  # the strategy that segments are made of: who knows the segment knows the value


@pytest.fixture(scope="module")
def scores(complete) -> dict[str, dict[str, float]]:
    return true_scores(complete, EDITION)


@pytest.fixture(scope="module")
def seeded_nodes(scores) -> list[str]:
    """Ten nodes: seven of the 25 wholes, three indicators."""
    draw = random.Random(42)
    wholes = sorted(node for node in scores if node.count(".") < 2)
    return draw.sample(wholes, 7) + draw.sample(sorted(set(scores) - set(wholes) - ATTRIBUTE_OF_A_CUT), 3)


@pytest.fixture(scope="module")
def memberships(complete):
    return known_memberships(complete)


@pytest.fixture(scope="module")
def known(public, memberships) -> Knowledge:
    return Knowledge(public, memberships, EDITION)


@pytest.fixture(scope="module")
def known_without_policy(unprotected, memberships) -> Knowledge:
    return Knowledge(unprotected, memberships, EDITION)


def truth(node: Node, scores: dict[str, dict[str, float]]) -> np.ndarray:
    return np.array([scores[node.node_id][cluster] for cluster in node.clusters])


def telling(claims: list[Claim]) -> list[Claim]:
    return [claim for claim in claims if claim.tells()]


def nodes_of(knowledge: Knowledge, scores: dict[str, dict[str, float]]) -> Iterator[Node]:
    for node_id in sorted(set(scores) - ATTRIBUTE_OF_A_CUT):
        yield knowledge.node(node_id, scores[node_id].keys())


def test_no_order_statistic_and_no_difference_of_means_tells_a_score(known, scores) -> None:
    told = {
        node.node_id: claims
        for node in nodes_of(known, scores)
        if (claims := telling([*by_order_statistics(node), *by_differencing(node)]))
    }
    assert told == {}


def test_without_the_policy_order_statistics_and_differences_tell_scores(known_without_policy, scores) -> None:
    for node in (known_without_policy.node(node, scores[node].keys()) for node in ("overall", "I", "IV.4")):
        claims = telling(by_order_statistics(node))
        assert len(claims) > 50
        assert all(claim.is_right(truth(node, scores)) for claim in claims), node.node_id
    node = known_without_policy.node("I", scores["I"].keys())
    (difference,) = telling(by_differencing(node))
    assert difference.is_right(truth(node, scores)), "the mean of two clusters"


def test_the_solver_confines_no_cluster(known, scores, seeded_nodes) -> None:
    for node in (known.node(node, scores[node].keys()) for node in seeded_nodes):
        claims = by_solver(node, telling(by_differencing(node)))
        assert all(claim.is_right(truth(node, scores)) for claim in claims)
        assert telling(claims) == [], node.node_id


def test_without_the_policy_the_solver_confines_clusters(known_without_policy, scores, seeded_nodes) -> None:
    told = []
    for node in (known_without_policy.node(node, scores[node].keys()) for node in seeded_nodes):
        claims = telling(by_solver(node, telling(by_differencing(node))))
        assert all(claim.is_right(truth(node, scores)) for claim in claims), node.node_id
        told += claims
    assert told


def test_no_solver_can_confine_a_cluster(complete, known, scores, seeded_nodes) -> None:
    """Worlds with the same figures, in which every cluster has scores that are WIDTH apart."""
    size = dict(
        complete.execute(
            "select cluster_id, size from core.dim_cluster_edition where edition_id = ?", [EDITION]
        ).fetchall()
    )
    for node in (known.node(node, scores[node].keys()) for node in seeded_nodes):
        if node.node_id.count(".") < 2:
            worlds = searched(node, truth(node, scores), seed=1)
        else:
            # What is hidden of several segments is known of them together.
            shown = {figure.group[1] for figure in node.figures if figure.group[0] == "size"}
            groups: dict[str, list[int]] = {}
            for position, cluster in enumerate(node.clusters):
                groups.setdefault(size[cluster] if size[cluster] in shown else "", []).append(position)
            worlds = exchanged(node, truth(node, scores), list(groups.values()), seed=1)
        width = worlds.max(axis=0) - worlds.min(axis=0)
        told = {node.clusters[cluster]: width[cluster] for cluster in np.flatnonzero(width < WIDTH)}
        assert told == {}, f"{node.node_id}: of {len(worlds)} worlds"
