"""How long what is written of a service is taken for true: months for most, fewer where it says places are left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from partners.models import Department, Service


@dataclass(frozen=True, slots=True)
class Freshness:
    """Verified on that day or before, a service is to be verified again. `seats`: the day of those with places."""

    service: date
    seats: date

    def is_old(self, service: Service) -> bool:
        """Was it verified too long ago, or never?"""
        limit = max(self.service, self.seats) if service.has_places else self.service
        return service.verified_on is None or service.verified_on <= limit

    def since(self, field: str) -> Q:
        """The rows of services whose day `field` is too long ago."""
        return Q(**{f"{field}__lte": self.service}) | Q(has_places=True, **{f"{field}__lte": self.seats})


def freshness_of(department: Department, today: date) -> Freshness:
    """Counted back from today with the delays of a Département."""
    days = {name: timedelta(days=department.delay(f"{name}_verified")) for name in ("service", "seats")}
    return Freshness(service=today - days["service"], seats=today - days["seats"])
