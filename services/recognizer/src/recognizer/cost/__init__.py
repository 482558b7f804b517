"""What a deployment costs a month: ``recognizer cost``.

``prices`` is what AWS asks, each price with its source and date; ``traffic`` how much is filmed and
asked; ``requests`` what one request reads and writes; ``fixtures`` what is there when nobody is
filmed; ``function`` what is billed for its work; ``invocation`` measures how long that takes, and
``measured.json`` is one such measurement; ``estimate`` multiplies; ``rekognition`` prices the same
pictures there.
"""
