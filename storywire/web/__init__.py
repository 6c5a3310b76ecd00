"""The network: pages asked for politely, and only of hosts that are meant for everybody."""
