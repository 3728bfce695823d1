"""Ask devices, keep their words: one login per device and visit, commands of one table only, no secret beyond the door.

    commands.py          the table; the only way to a Command
    ssh.py failures.py   host keys, credentials; library exceptions → the leaves of errors.py
    session.py           what every session can do; ios.py (netmiko, with terminal.py) and host.py (SSH exec) do it
    drivers.py           NAPALM drivers on a session: napalm's own for IOS, napalm_strongswan/ for hosts
    redact.py            secrets → keyed tokens; redaction_rules.py says where secrets stand
    ask_ios.py ask_host.py   what is asked in one visit; files.py and logs.py find what a host keeps where
    snapshot.py          collect(target) -> Snapshot, visit(target) with the session left open
    trigger.py line.py   starting a negotiation; a session in the form that debugs/ takes

A strongSwan host needs a shell, `grep`, `find`, `tail` and `ss` or `netstat`. An account that is not root is given these by
sudoers, without a password (commands are sent exactly as commands.py has them):

    Cmnd_Alias IPSECBOT = /usr/sbin/swanctl --list-sas, /usr/sbin/swanctl --list-conns, /usr/sbin/swanctl --stats, \\
        /usr/sbin/swanctl --counters, /usr/sbin/swanctl --version, /usr/sbin/swanctl --initiate *, /usr/sbin/ipsec statusall, \\
        /usr/sbin/ipsec version, /usr/bin/ss -lunpH, /usr/bin/find -L *, /usr/bin/grep -aH *, /usr/bin/tail -c *, \\
        /usr/bin/wc -c *, /usr/bin/journalctl --no-pager *, /usr/bin/timeout -k 2 *
    ipsecbot ALL = (root) NOPASSWD: IPSECBOT

`find`, `grep`, `tail` and `timeout` with a wildcard are as good as root: where that matters, put a wrapper in their place.
"""
