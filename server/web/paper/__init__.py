"""
Paper: a page as a PDF, with real text, page numbers, title, language and tags for those who have it read out.
"""

from .setting import Paper, pdf_of

__all__ = ["Paper", "pdf_of"]
