"""Citations: what a document cites, where, and which work of the bibliography each citation means.

``find_citations`` is the door; ``patterns`` and ``mentions`` find, ``entries`` reads the list at the end,
``linking`` puts them together, ``attached`` says which claims a citation belongs to.
"""

from claims.citing.linking import Citation, find_citations

__all__ = ["Citation", "find_citations"]
