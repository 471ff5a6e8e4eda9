"""`deskbell selftest`: the whole box, virtual hardware and real SIP phones, measured from the outside."""
