"""Works from other programs' files: BibTeX, RIS and CSL JSON into references, a Retraction Watch CSV into notices.

Each reader takes text and gives what it could read, and a line for everything it could not; ``plan`` decides what
is new and writes it.
"""
