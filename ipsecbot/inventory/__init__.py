"""Which devices and tunnels exist: one YAML file (docs/inventory.example.yaml shows every key).

    defaults:                     # any key of a device but name, address and platform
      username: netops
      password: env:IPSECBOT_PASSWORD
    devices:
      - name: branch-17           # letters, digits, dot, dash, underscore
        address: 192.0.2.17       # where SSH listens: address or host name
        port: 22
        platform: cisco_ios       # or strongswan
        username: netops
        password: env:NAME        # or file:PATH, or command:WORDS; never the password itself
        enable: file:PATH         # IOS enable secret, same forms
        key: file:PATH            # SSH private key, same forms, or the word agent
        key_passphrase: env:NAME
        groups: [branches]
        host_keys: strict         # or accept-new
        known_hosts: PATH         # default ~/.ssh/known_hosts
        sudo: auto                # strongSwan hosts: true, false or auto
        timeout: 30               # seconds, for the login and for each command
        cpu_limit: 60             # percent above which no debug is started
    tunnels:
      - name: hq-branch-17
        ike: 2                    # 1 or 2, when known
        ends:                     # exactly two; at least one is a device
          - device: branch-17
            address: 198.51.100.17          # the address that speaks IKE, when it is not `address` above
            protects: {source: 10.17.0.1, destination: 10.0.0.1}   # the ping that triggers the tunnel
          - peer: 203.0.113.9     # a third party that cannot be asked

Looked for at `--inventory`, $IPSECBOT_INVENTORY, ./ipsecbot.yaml, ~/.config/ipsecbot/inventory.yaml, in this order.
load.py reads it, inventory.py finds the tunnel a PEER means, credentials.py turns an entry into a Target.
"""
