"""Timed debugs: refuse when it is not safe, arm, watch, disarm, prove that nothing stays on.

Everything that touches a device comes in as an argument (line.py says in which form; collect/line.py has it), and so do the
readers of what the router says about itself (parse/ios/state.py). timed.py is for IOS, watch.py for strongSwan hosts.
"""
