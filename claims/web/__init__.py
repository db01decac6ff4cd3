"""A read-only web page over a library: a page and JSON for every record, search, lists, charts.

Nothing here writes, asks the network or keeps anything of a visitor. Starlette, uvicorn and Jinja are the extra
``serve``; only the command ``serve`` imports this package.
"""
