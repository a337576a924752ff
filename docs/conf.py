"""How Sphinx builds this documentation: `make docs`."""

from importlib.metadata import version as version_of

project = "Doorstep"
author = "The Doorstep authors"
project_copyright = author
version = release = version_of("doorstep")
language = "en"

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"Doorstep {version}"
