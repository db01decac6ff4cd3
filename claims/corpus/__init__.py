"""Checking of very many documents: a crawl, an archive, a table of pages.

``batches`` is the pure part: pages and a library in, rows out. ``inputs`` reads pages from files, ``parts`` writes rows
in parts that are whole or absent, ``running`` goes over all of it with ``local`` processes or with ``spark``.
"""
