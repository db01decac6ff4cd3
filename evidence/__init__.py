"""What the literature says: bibliography, studies, findings. Public names only; the ORM is not loaded."""

from evidence.library import Library
from evidence.paths import library_paths
from evidence.problems import ClaimwiseError, LibraryError, Problem, StorageError, UsageError
from evidence.standing import Standing
from evidence.studies import Finding, Study
from evidence.verification import Verification

__all__ = [
    "ClaimwiseError",
    "Finding",
    "Library",
    "LibraryError",
    "Problem",
    "Standing",
    "StorageError",
    "Study",
    "UsageError",
    "Verification",
    "library_paths",
]
__version__ = "0.1.0"
