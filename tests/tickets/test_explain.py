"""Every registered filter, explained as the app role: none may walk through the whole table of a large workspace."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from okno.conditions import tree
from okno.conditions.fields import Column, Field
from okno.conditions.kinds import Boolean, Choice, Moment, Number, Reference
from okno.conditions.match import Op
from okno.conditions.ordering import keyset
from okno.conditions.sql import to_q
from okno.conditions.viewer import Viewer
from okno.tickets.fields import TICKET_FIELDS
from okno.tickets.models import Ticket, TicketTag
from tests.conftest import Shop

# Asked of the rows that another condition has already found, never alone: free text waits for text search.
TEXT_FIELDS = {"subject", "device"}
# Half of the rows or more have the value, so reading them in the order of the page is the right plan.
COARSE_FIELDS = {"is_open", "channel", "kind", "type", "desk", "priority", "status", "inner_status"}


def sample(field: Field) -> tree.Test:
    values: dict[type, tuple[object, Op]] = {
        Number: (1001, Op.IN),
        Reference: (2**40, Op.IN),
        Boolean: (True, Op.IN),
        Moment: ("-1d", Op.GTE),
    }
    if isinstance(field.kind, Choice):
        option = field.options.suggest("", 1)[0]
        return tree.Test(field=field.name, values=(option.value,))
    value, op = values.get(type(field.kind), ("printer", Op.IN))
    return tree.Test(field=field.name, op=op, values=(value,))  # type: ignore[arg-type]


def plan_of(shop: Shop, condition: tree.Condition, sort: str = "-updated") -> str:
    view = TICKET_FIELDS.view(())
    viewer = Viewer(now=shop.now)
    rows = Ticket.objects.filter(to_q(condition, view, viewer)).order_by(*keyset(sort, view).order_by())
    return explained(rows.values_list("id")[:51])


def explained(rows: QuerySet[Any, Any]) -> str:
    sql, parameters = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        # Small tables are always scanned: with scans forbidden the plan shows whether an index can be used at all.
        # So is what a sort costs there: with sorting forbidden it shows whether an index gives the order.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN {sql}", parameters)
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.parametrize("name", sorted(set(TICKET_FIELDS._fields) - TEXT_FIELDS))
def test_a_filter_reaches_an_index(shop: Shop, name: str) -> None:
    field = TICKET_FIELDS._fields[name]
    plan = plan_of(shop, sample(field))
    assert "Seq Scan on tickets_" not in plan, plan
    if name not in COARSE_FIELDS and isinstance(field.source, Column):
        column = field.source.path
        assert f"{column} " in plan or "Index Cond" in plan, plan


@pytest.mark.parametrize(
    "name", sorted(field.name for field in TICKET_FIELDS._fields.values() if field.sortable)
)
def test_a_sorted_list_of_open_tickets_needs_no_scan(shop: Shop, name: str) -> None:
    is_open = tree.Test(field="is_open", values=(True,))
    for sort in (name, f"-{name}"):
        assert "Seq Scan on tickets_ticket" not in plan_of(shop, is_open, sort)


def test_tags_are_looked_up_by_name(shop: Shop) -> None:
    assert "Seq Scan on tickets_tickettag" not in plan_of(shop, tree.Test(field="tag", values=("printer",)))
    # Which index it picks depends on how full the tables are; that there is one to pick does not.
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = %s", [TicketTag._meta.db_table])
        assert any("(workspace_id, name" in definition for (definition,) in cursor.fetchall())


def test_the_usual_views_walk_an_index_in_their_order(shop: Shop) -> None:
    for tickets in range(3):
        shop.ticket(f"Ticket {tickets}")
    plan = plan_of(shop, tree.Test(field="is_open", values=(True,)))
    assert "tickets_open_updated" in plan, plan
