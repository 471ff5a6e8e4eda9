"""The desk: policy in one asyncio loop. Call control drives the core, links join it to the box, the panel shows it.

Touches no SIP, no audio and no pins. Only `appliance.desk.clock` and storage ask what time it is.
"""
