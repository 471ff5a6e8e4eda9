"""The phone system of Deskbell."""
