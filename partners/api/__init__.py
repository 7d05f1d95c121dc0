"""The network and its directory for machines."""

from partners.api import network, services

urlpatterns = [*network.urlpatterns, *services.urlpatterns]
