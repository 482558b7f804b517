"""What tests share: the running application, stand-ins for AWS, faults of a network, a browser.

- ``recognizers.py`` runs the real application and ``api.py`` calls it; ``transports.py`` does so
  without a network. ``fake_vision.py`` takes the place of the models.
- AWS: ``moto.py``, ``dynamodb_local.py``, ``local_lambda.py`` (with ``runtime_api.py``,
  ``http_api.py`` and ``lambda_events.py``) and ``s3_links.py`` stand in for it.
  ``aws_resources.py`` defines its tables, and ``aws_calls.py`` the permissions that calls need.
- ``fault_proxy.py`` and ``faults.py`` disturb a network, and ``small_disk.py`` gets full.
- ``browser.py`` drives Chromium, ``pictures.py`` makes pictures, and ``unmeasured.py`` is for
  processes that a test kills.

Benchmarks and tools may import this package, and no other test code.
"""
