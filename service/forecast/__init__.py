"""What a change of the staff files would do: readers, real or invented, played through the real engine.

Everything here is a function of its arguments: the same seed, views and files give the same forecast on every machine,
in however many processes. Only the command imports it.
"""
