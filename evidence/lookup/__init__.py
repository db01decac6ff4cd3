"""Asking bibliographic services about works: what they answer, merged with each field's source kept.

The only package that reaches the network, and only ``transport`` does. Reading the library and checking pages never
import it.
"""
