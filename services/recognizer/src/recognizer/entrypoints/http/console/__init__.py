"""The console: the admin's web pages.

``static/`` holds them: modules that the browser loads as they are, without a build step.
"""
