"""How views are named in OpenAPI: lists say `list`, bodies and answers drop the suffixes our code needs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema

PAGE = "Page"


class ApiSchema(AutoSchema):
    """`referrals_list`, not `referrals_retrieve`; `Referral` and `ReferralRequest`, not our class names."""

    def get_operation_id(self) -> str:
        name: str = super().get_operation_id()
        return name.replace("_retrieve", "_list") if self._gives_a_page() else name

    def _gives_a_page(self) -> bool:
        answers = self.get_response_serializers()
        given = answers.get(200) if isinstance(answers, dict) else answers
        return type(given).__name__.endswith(PAGE)

    def _get_serializer_name(self, serializer: Any, direction: Any, bypass_extensions: bool = False) -> str:
        name: str = super()._get_serializer_name(serializer, direction, bypass_extensions)
        for suffix in ("Output", "Input"):
            name = name.replace(suffix, "")
        return name
