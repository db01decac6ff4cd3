"""The report as one self-contained HTML page. The package is empty so that each module is imported alone."""
