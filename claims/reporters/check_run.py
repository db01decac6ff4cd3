"""What a reporter of a check is given: the finished check, what of it to show, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from claims.rule_links import RuleLinks

if TYPE_CHECKING:
    from claims.checking import CheckResult
    from claims.collection import Collection
    from claims.documents import Document
    from claims.reporters.checked import View
    from claims.reporters.layout import Screen


class CheckRun(NamedTuple):
    """``documents`` are the texts that were read, by path; ``screen`` is what the output goes to.

    ``rules`` says where the page of a rule is.
    """

    result: CheckResult
    view: View
    collection: Collection
    screen: Screen
    documents: Mapping[str, Document]
    rules: RuleLinks = RuleLinks()
