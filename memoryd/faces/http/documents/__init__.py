"""What the daemon says of its own API.

openapi       the OpenAPI document
examples      a request of each kind
docs_page     the page for people
"""

from memoryd.faces.http.documents.docs_page import POLICY, render_docs
from memoryd.faces.http.documents.openapi import document

__all__ = ["POLICY", "document", "render_docs"]
