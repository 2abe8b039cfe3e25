"""The fields of a REFER (RFC 3515, RFC 3891 for Replaces, RFC 3892 for Referred-By)."""

from __future__ import annotations

from urllib.parse import quote

from uponai.sip.dialog import Dialog
from uponai.sip.events import Refer
from uponai.sip.stack import Fields


def refer_fields(order: Refer, dialog: Dialog, replaced: Dialog | None) -> Fields | None:
    """Refer-To and Referred-By; None when a call is to be replaced that does not stand."""
    if order.replaces and replaced is None:
        return None
    target = order.target
    if replaced is not None:
        target = _replacing(target or replaced.remote_target, replaced)
    referred_by = ("Referred-By", f"<{dialog.local.uri}>")
    return (("Refer-To", f"<{target}>"), referred_by, *order.headers)


def _replacing(target: str, dialog: Dialog) -> str:
    """The target with the header that joins the transferee with the replaced dialog.

    The tags are from the view of the party that is called: its own is ``to-tag`` (RFC 3891 §3).
    """
    value = f"{dialog.call_id};to-tag={dialog.remote.tag};from-tag={dialog.local.tag}"
    joint = "&" if "?" in target else "?"
    return f"{target}{joint}Replaces={quote(value, safe='')}"
