"""Certificates for SIP over TLS (RFC 5922): ours for those who call, and whose we believe."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """Files in PEM. ``ca`` is believed instead of the system's authorities.

    Without a certificate of ours nothing listens for TLS; calls out need none.
    """

    cert: Path | None = None
    key: Path | None = None
    ca: Path | None = None

    def server(self) -> ssl.SSLContext | None:
        """For connections that come in. Raises OSError naming a file that cannot be used."""
        if self.cert is None:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            context.load_cert_chain(self.cert, self.key)
        except (OSError, ssl.SSLError) as error:
            raise OSError(f"edge.tls_cert: {self.cert} cannot be used: {error}") from error
        return context

    def client(self) -> ssl.SSLContext:
        """For connections that we make: the far side must prove the name that we called."""
        try:
            context = ssl.create_default_context(cafile=self.ca)
        except (OSError, ssl.SSLError) as error:
            raise OSError(f"edge.tls_ca: {self.ca} cannot be used: {error}") from error
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if self.ca is not None:
            # Authorities that PBXs make for themselves lack extensions that RFC 5280 asks for;
            # Python 3.13 refuses those by default, older ones take them.
            context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        return context
