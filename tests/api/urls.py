from django.urls import include, path

urlpatterns = [path("api/", include("hub.api.urls")), path("compte/", include("allauth.urls"))]
