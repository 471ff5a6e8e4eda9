"""The page: one local web page for the office, in Japanese and English. It asks the desk and draws, no more."""
