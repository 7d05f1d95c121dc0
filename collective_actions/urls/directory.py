"""The addresses of the directory."""

from collective_actions.views import directory, exports, moderation, posts, services
from hub.core.urls import MEMBER, PUBLIC, route

urlpatterns = [
    route("repertoire/", directory.directory, name="directory", access=MEMBER),
    route("repertoire/export.json", exports.directory_export, name="directory_export", access=MEMBER),
    route("annuaire/<str:code>.json", exports.public_directory, name="public_directory", access=PUBLIC),
    route("repertoire/a-traiter/", moderation.moderation, name="moderation", access=MEMBER),
    route("repertoire/proposer/", services.suggest_new, name="suggest_new", access="service.suggest"),
    route("repertoire/recherches/", directory.search_save, name="search_save", access="service.suggest"),
    route("repertoire/recherches/<uuid:pk>/", directory.search_open, name="search_open", access=MEMBER),
    route("repertoire/recherches/<uuid:pk>/retirer/", directory.search_forget, name="search_forget", access=MEMBER),
    route("repertoire/suggestions/<uuid:pk>/", moderation.suggestion_settle, name="suggestion_settle", access=MEMBER),
    route(
        "repertoire/fichiers/<uuid:pk>/archiver/", moderation.archive_absent, name="dropped", access="service.moderate"
    ),
    route("repertoire/<uuid:pk>/", directory.service, name="service", access=MEMBER),
    route("repertoire/<uuid:pk>/modifier/", services.service_edit, name="service_edit", access=MEMBER),
    route("repertoire/<uuid:pk>/publier/", services.service_publish, name="service_publish", access=MEMBER),
    route("repertoire/<uuid:pk>/archiver/", services.service_archive, name="service_archive", access=MEMBER),
    route("repertoire/<uuid:pk>/valable/", services.service_verify, name="service_verify", access=MEMBER),
    route("repertoire/<uuid:pk>/fusionner/", services.service_merge, name="service_merge", access=MEMBER),
    route("repertoire/<uuid:pk>/rattacher/", services.service_attach, name="service_attach", access=MEMBER),
    route("repertoire/<uuid:pk>/structure/", services.structure_edit, name="structure_edit", access=MEMBER),
    route("repertoire/<uuid:pk>/suggerer/", services.service_suggest, name="service_suggest", access=MEMBER),
    route("repertoire/<uuid:pk>/poste/", posts.post_edit, name="post_edit", access=MEMBER),
    route("reseau/<uuid:pk>/postes/nouveau/", posts.post_new, name="post_new", access=MEMBER),
    route("reseau/<uuid:pk>/services/nouveau/", services.service_new, name="service_new", access=MEMBER),
]
