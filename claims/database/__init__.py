"""A database that several people share: the library for reading, and the results of checks for SQL and dashboards.

SQLite and PostgreSQL hold the same rows in the same tables. Only commands that are given the address of a database
import this package, and only its ``connecting`` module loads a driver (docs/database.md).
"""
