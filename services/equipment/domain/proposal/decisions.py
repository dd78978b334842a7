"""The rules for a decision on a proposal, item by item."""

from collections.abc import Sequence

from shared.events.equipment.values import Decision, ProposedItem
from shared.eventsourcing.refusal import Refused, refuse_repeated


def check_decisions(items: Sequence[ProposedItem], decisions: Sequence[Decision]) -> None:
    """Raise Refused unless every item is decided once and within what was asked.

    A decision that grants less than was asked must have a reason.
    """
    asked = {item.item: item.quantity for item in items}
    refuse_repeated((decision.item for decision in decisions), "decisions")
    for index, decision in enumerate(decisions):
        quantity = asked.get(decision.item)
        if quantity is None:
            raise Refused(
                "unknown-item", field=f"decisions.{index}.item", status=422, item=decision.item
            )
        if decision.approved_quantity > quantity:
            raise Refused(
                "more-than-asked",
                field=f"decisions.{index}.approved_quantity",
                status=422,
                quantity=quantity,
            )
        if decision.approved_quantity < quantity and decision.reason is None:
            raise Refused("reason-missing", field=f"decisions.{index}.reason", status=422)
    if undecided := [item for item in asked if item not in {d.item for d in decisions}]:
        raise Refused("undecided-item", field="decisions", status=422, undecided=undecided)
