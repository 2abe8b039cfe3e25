"""Makes the typed part of both clients from the server's OpenAPI document.

``python -m sdk.generate`` writes ``src/uponai/client/{params,results,resources}`` and
``sdk/js/src/{types,resources}.ts``; a test keeps them equal to the document. What a method is
called stands in ``operations.py``; what a client is given for a multipart body in ``forms.txt``.
"""
