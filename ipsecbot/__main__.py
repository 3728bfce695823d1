"""`python -m ipsecbot`."""

from ipsecbot.interfaces.cli import main

if __name__ == "__main__":
    main()
