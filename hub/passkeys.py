"""The form of a passkey in the words of our pages."""

from __future__ import annotations

from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm


class PasskeyForm(AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "Nom de la clé"
        self.fields[
            "passwordless"
        ].help_text = "Cette clé suffira pour vous connecter ; elle vous demandera alors votre empreinte ou un code."
