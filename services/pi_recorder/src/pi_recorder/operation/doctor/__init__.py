"""Check of ``pi-recorder doctor``: one module for the camera, the machine and the server each."""
