"""The console: what the person who runs this sees in a browser.

``static/`` holds it whole: modules that the browser loads as they are, without a build step.
"""
