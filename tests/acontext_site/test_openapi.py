"""The committed OpenAPI document is the one we serve: an API change is a diff that a reviewer sees."""

import json
from pathlib import Path

from acontext_site.api import api

COMMITTED = Path(__file__).parent / "openapi.json"


def test_the_document_is_the_committed_one(db: None) -> None:
    served = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    assert served == json.loads(COMMITTED.read_text()), "run `make openapi` and look at the diff"
