"""Read last by the process that services are forked from: no collector of theirs looks again at what it has read, and copies it for that."""

import gc

gc.collect()
gc.freeze()
