"""Fuzzing: bytes from outside are thrown at the parts that read them, guided by coverage; what they promise must hold for all bytes.

targets  the parts, each with what must hold, and seeds to begin with
corpus   the inputs that are kept, each because it reaches code that no other does
engine   atheris, which makes new inputs
"""
