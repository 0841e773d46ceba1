"""Which found task is which right task: the one-to-one pairing that shares most messages."""

from collections.abc import Sequence

Matrix = Sequence[Sequence[float]]


def shared(some: frozenset[int], other: frozenset[int]) -> float:
    """Return the share of messages that two tasks have in common (intersection over union)."""
    return len(some & other) / len(some | other) if some | other else 0.0


def best_pairs(weights: Matrix) -> dict[int, int]:
    """Return row -> column of the pairing with the greatest sum, pairs that weigh nothing left out.

    Rows are added one at a time, each along the best chain of swaps of the pairs made so far (the Hungarian method).
    """
    rows, columns = len(weights), len(weights[0]) if weights else 0
    if rows > columns:
        turned = [[weights[row][column] for row in range(rows)] for column in range(columns)]
        return {row: column for column, row in best_pairs(turned).items()}
    row_price = [0.0] * rows
    column_price = [0.0] * columns
    taken: list[int | None] = [None] * columns
    for new_row in range(rows):
        slack = [float("inf")] * columns
        came_from: list[int | None] = [None] * columns
        reached: list[int] = []
        row: int | None = new_row
        column: int | None = None
        while row is not None:
            for other in range(columns):
                if other not in reached:
                    cost = row_price[row] + column_price[other] - weights[row][other]
                    if cost < slack[other]:
                        slack[other], came_from[other] = cost, column
            nearest = min((other for other in range(columns) if other not in reached), key=slack.__getitem__)
            step = slack[nearest]
            row_price[new_row] -= step
            for other in reached:
                owner = taken[other]
                assert owner is not None
                row_price[owner] -= step
                column_price[other] += step
            slack = [value - step for value in slack]
            reached.append(nearest)
            column, row = nearest, taken[nearest]
        while column is not None:
            previous = came_from[column]
            taken[column] = new_row if previous is None else taken[previous]
            column = previous
    pairs = {row: column for column, row in enumerate(taken) if row is not None}
    return {row: column for row, column in sorted(pairs.items()) if weights[row][column] > 0}
