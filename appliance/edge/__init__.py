"""The edge: Kamailio between the office network and the switch; its configuration, its process and its questions."""
