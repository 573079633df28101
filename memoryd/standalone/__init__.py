"""Programs that clients start at each event: with the standard library alone, so that they start at once and can run as scripts.

hook          an event of a client, for the daemon
statusline    a line about a session
"""
