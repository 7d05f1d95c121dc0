"""The addresses of letters and of their texts."""

from hub.core.urls import route
from referrals.views import letter_batches, letter_texts, letters

LIST, TEXTS = "appointment.list", "letter.texts"

urlpatterns = [
    route("rendez-vous/<uuid:pk>/courrier/", letters.prepare, name="letter_prepare", access=LIST),
    route("rendez-vous/<uuid:pk>/courrier/apercu/", letters.preview, name="letter_preview", access=LIST),
    route("courriers/<uuid:pk>/", letters.print_letter, name="letter", access=LIST),
    route("courriers/lots/", letter_batches.order, name="letter_batch_order", access=LIST),
    route("courriers/lots/<uuid:pk>/", letter_batches.record, name="letter_batch", access=LIST),
    route("courriers/lots/<uuid:pk>/pdf/", letter_batches.print_all, name="letter_batch_pdf", access=LIST),
    route("courriers/modeles/", letter_texts.index, name="letter_texts", access=TEXTS),
    route("courriers/modeles/<slug:kind>/", letter_texts.edit, name="letter_text", access=TEXTS),
    route("courriers/modeles/<slug:kind>/essai/", letter_texts.try_out, name="letter_text_try", access=TEXTS),
    route("courriers/modeles/<slug:kind>/origine/", letter_texts.restore, name="letter_text_restore", access=TEXTS),
]
