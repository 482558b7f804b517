"""The page's own files: plain HTML, CSS and JavaScript, without anything from elsewhere."""
