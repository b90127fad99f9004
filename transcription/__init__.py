"""Audio into words: decoding of untrusted recordings, speech engines behind one port, transcripts in every format."""
