"""Laws of plans and version rows, on random graphs with branches, merges, dependencies and labels."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from alembic.errors import RangeNotAncestorError
from alembic.script import plan
from alembic.script.graph import Graph, Node
from alembic.script.order import newest_first
from alembic.script.revision import RevisionMap
from alembic.script.steps import RevisionStep, StampStep
from tests.script.graph.graphs import node_lists, revision_map
from tests.script.graph.model import Model, after

many = settings(max_examples=120, deadline=None)


@st.composite
def situations(draw: st.DrawFn) -> tuple[list[Node], set[str]]:
    """A graph and the revisions applied on some database: any set closed under what they need."""
    nodes = draw(node_lists())
    chosen = draw(st.lists(st.sampled_from([node.id for node in nodes]), max_size=3))
    return nodes, Model(nodes).ancestors(chosen)


def run(revisions: RevisionMap, model: Model, applied: set[str], ids: Sequence[str], up: bool) -> set[str]:
    """Take the steps one by one; after each the rows must be the maximal applied set."""
    rows = dict.fromkeys(sorted(model.rows(applied)))
    applied = set(applied)
    for id_ in ids:
        rows = after(rows, RevisionStep(revisions, revisions.by_id(id_), up).row_changes(rows))
        applied = applied | {id_} if up else applied - {id_}
        assert set(rows) == model.rows(applied)
    return applied


@given(situations(), st.data())
@many
def test_an_upgrade_applies_what_is_missing_and_rows_stay_the_maximal_applied_set(
    situation: tuple[list[Node], set[str]], data: st.DataObject
) -> None:
    nodes, applied = situation
    model, revisions = Model(nodes), revision_map(nodes)
    rows = sorted(model.rows(applied))
    target = data.draw(st.sampled_from(model.ids))

    ids = plan.upgrade(revisions.graph, target, rows)

    assert sorted(ids) == sorted(model.to_apply([target], rows))
    done = set(applied)
    for id_ in ids:
        assert model.needs[id_] <= done
        done.add(id_)
    assert run(revisions, model, applied, ids, up=True) == applied | model.ancestors([target])


@given(situations(), st.data())
@many
def test_a_downgrade_reverts_what_is_above_the_target_and_rows_stay_the_maximal_applied_set(
    situation: tuple[list[Node], set[str]], data: st.DataObject
) -> None:
    nodes, applied = situation
    model, revisions = Model(nodes), revision_map(nodes)
    rows = data.draw(st.permutations(sorted(model.rows(applied))))
    target = data.draw(st.sampled_from([None, *model.ids]))
    branch = data.draw(st.sampled_from([None, *sorted(model.lineage(target) if target else model.ids)]))
    symbol = "@".join(part for part in (branch, target or "base") if part)
    expected = model.to_revert(target, rows, branch)

    try:
        ids = plan.downgrade(revisions.graph, symbol, rows)
    except RangeNotAncestorError:
        assert not expected
        assert target not in rows
        return

    assert sorted(ids) == sorted(expected)
    left = set(applied)
    for id_ in ids:
        left.discard(id_)
        assert not any(id_ in model.needs[other] for other in left)
    assert run(revisions, model, applied, ids, up=False) == applied - expected


@given(node_lists(most=14))
@many
def test_up_and_down_again_comes_back_to_the_start(nodes: list[Node]) -> None:
    model, revisions = Model(nodes), revision_map(nodes)
    up = plan.upgrade(revisions.graph, "heads", ())
    applied = run(revisions, model, set(), up, up=True)
    assert applied == set(model.ids)
    assert plan.upgrade(revisions.graph, "heads", sorted(model.rows(applied))) == []
    down = plan.downgrade(revisions.graph, "base", sorted(model.rows(applied)))
    assert run(revisions, model, applied, down, up=False) == set()


@given(situations(), st.data())
@many
def test_from_any_state_one_revision_up_and_back_leaves_the_rows_as_they_were(
    situation: tuple[list[Node], set[str]], data: st.DataObject
) -> None:
    nodes, applied = situation
    model, revisions = Model(nodes), revision_map(nodes)
    ready = [id_ for id_ in model.ids if id_ not in applied and model.needs[id_] <= applied]
    assume(ready)
    revision = revisions.by_id(data.draw(st.sampled_from(ready)))
    rows = dict.fromkeys(sorted(model.rows(applied)))
    there = after(rows, RevisionStep(revisions, revision, True).row_changes(rows))
    back = after(there, RevisionStep(revisions, revision, False).row_changes(there))
    assert set(back) == set(rows)


@given(situations(), st.data())
@many
def test_row_changes_depend_on_nothing_but_the_rows(
    situation: tuple[list[Node], set[str]], data: st.DataObject
) -> None:
    """Steps share what they worked out; asking in any order, or twice, must give the same answers."""
    nodes, applied = situation
    model, shared = Model(nodes), revision_map(nodes)
    rows = sorted(model.rows(applied))
    for id_ in data.draw(st.lists(st.sampled_from(rows), max_size=6)) if rows else []:
        fresh = revision_map(nodes)
        expected = RevisionStep(fresh, fresh.by_id(id_), False).row_changes(rows)
        assert RevisionStep(shared, shared.by_id(id_), False).row_changes(rows) == expected


@given(situations(), st.data())
@many
def test_a_stamp_moves_the_rows_of_its_lineage_and_leaves_the_others(
    situation: tuple[list[Node], set[str]], data: st.DataObject
) -> None:
    nodes, applied = situation
    model, revisions = Model(nodes), revision_map(nodes)
    rows = dict.fromkeys(sorted(model.rows(applied)))
    target = data.draw(st.sampled_from(model.ids))
    expected = model.stamped([target], rows)
    for move in plan.stamp(revisions.graph, target, list(rows)):
        rows = after(rows, StampStep(*move, revisions).row_changes(rows))
    assert set(rows) == expected


@given(situations())
@many
def test_stamping_heads_and_base_from_anywhere(situation: tuple[list[Node], set[str]]) -> None:
    nodes, applied = situation
    model, revisions = Model(nodes), revision_map(nodes)
    rows = dict.fromkeys(sorted(model.rows(applied)))
    for move in plan.stamp(revisions.graph, "heads", list(rows)):
        rows = after(rows, StampStep(*move, revisions).row_changes(rows))
    assert set(rows) == model.rows(model.ids)
    for move in plan.stamp(revisions.graph, "base", list(rows)):
        rows = after(rows, StampStep(*move, revisions).row_changes(rows))
    assert not rows


@given(node_lists(), st.data())
@many
def test_a_range_lies_between_its_ends(nodes: list[Node], data: st.DataObject) -> None:
    model, graph = Model(nodes), Graph(nodes)
    upper, lower = data.draw(st.sampled_from(model.ids)), data.draw(st.sampled_from(model.ids))
    wide = plan.between(graph, upper, lower, implicit_base=True)
    assert sorted(wide) == sorted(model.ancestors([upper]) - model.ancestors([lower]))
    try:
        narrow = plan.between(graph, upper, lower, inclusive=True)
    except RangeNotAncestorError:
        assert lower not in model.ancestors([upper])
    else:
        above = model.descendants([lower], model.down)
        assert sorted(narrow) == sorted(model.ancestors([upper]) & (above | {lower}))


@given(node_lists(most=14))
@many
def test_everything_is_listed_once_and_before_what_it_needs(nodes: list[Node]) -> None:
    model, graph = Model(nodes), Graph(nodes)
    listed = [graph.ids[at] for at in newest_first(graph)]
    assert sorted(listed) == sorted(model.ids)
    place = {id_: at for at, id_ in enumerate(listed)}
    assert all(place[id_] < place[lower] for id_ in model.ids for lower in model.needs[id_])


@given(node_lists(), st.data())
@many
def test_kinship_agrees_with_the_model(nodes: list[Node], data: st.DataObject) -> None:
    model, graph = Model(nodes), Graph(nodes)
    ids = set(data.draw(st.lists(st.sampled_from(model.ids), max_size=3)))
    places = [graph.position[id_] for id_ in sorted(ids)]
    for dependencies, edges in ((True, model.needs), (False, model.down)):
        below = graph.ancestors(places, dependencies=dependencies)
        above = graph.descendants(places, dependencies=dependencies)
        assert {graph.ids[at] for at in below} == model.ancestors(ids, edges)
        assert {graph.ids[at] for at in above} == model.descendants(ids, edges)
    assert {graph.ids[at] for at in graph.real_heads} == model.rows(model.ids)
    assert {graph.ids[at] for at in graph.maximal(set(places))} == model.rows(ids)
    for id_ in model.ids:
        kept = {graph.ids[at] for at in graph.normalized_dependencies.get(graph.position[id_], ())}
        seen = model.ancestors(model.down[id_], model.down)
        inherited = {needed for one in seen for needed in model.needs[one] - model.down[one]}
        assert kept == model.needs[id_] - model.down[id_] - inherited
