"""The live page: who is seen, who was here today, and the state of the recorder."""
