"""Types of query parameters: an empty one counts as left out (contract.md §1.4)."""

from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic_core import PydanticUseDefault


def _empty_is_absent(value: Any) -> Any:
    if value == "":
        raise PydanticUseDefault
    return value


EMPTY_IS_ABSENT = BeforeValidator(_empty_is_absent)
Count = Annotated[int, EMPTY_IS_ABSENT]
Flag = Annotated[bool, EMPTY_IS_ABSENT]
