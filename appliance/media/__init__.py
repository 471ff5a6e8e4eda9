"""Pure audio: WAV files, the two laws of G.711, tones and how to find them. No clock, no threads, no devices."""
