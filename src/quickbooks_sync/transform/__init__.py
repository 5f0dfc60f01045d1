"""From records and rows to canonical values and back: data and a mapping in, new data out.

This file imports nothing: `canonical` is read where DAG files are, which must not load pandas.
"""
