"""Only in a demo: the map includes this module when `settings.DEMO`."""

from hub.core.urls import PUBLIC, route
from hub.demo.views import demo_accounts_page, enter_as

urlpatterns = [
    route("", demo_accounts_page, name="demo_accounts_page", access=PUBLIC),
    route("<slug:key>/", enter_as, name="demo_enter", access=PUBLIC),
]
