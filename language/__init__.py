"""Language logic: everything that knows about words and nothing that knows about Beam.

Every module here runs in a notebook on a plain string or a spaCy ``Doc``.
"""
