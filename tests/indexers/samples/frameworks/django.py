from django.contrib import admin
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.urls import include, path, re_path

from shop import views
from shop.models import Cart
from shop.views import Detail

urlpatterns = [
    path("", views.home, name="home"),
    path("cart/<int:id>/", Detail.as_view()),
    path("basket/", views.Basket.as_view()),
    re_path(r"^old/$", cached(views.old)),
    path("api/", include("shop.api")),
]

router.register(r"carts", views.CartViewSet)


@receiver(post_save, sender=Cart)
def saved(sender, **more):
    pass


def ready():
    post_save.connect(saved)


@admin.register(Cart)
class CartAdmin:
    pass
