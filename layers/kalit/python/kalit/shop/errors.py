"""What the shop says no with, in the words that its apps know: a message below `error`."""

from kalit.kit.errors import AppError


class ShopError(AppError):
    """This cannot be done."""

    ru = "Это невозможно."
    uz = "Buni bajarib boʻlmaydi."
    status = 400
    key = "error"


class NoSuchVariant(ShopError):
    """Variant topilmadi"""

    en = "Variant not found"
    ru = "Вариант не найден"
    status = 404


class NotEnough(ShopError):
    """Omborda yetarli mahsulot yo'q"""

    en = "There are not enough of it in stock"
    ru = "На складе недостаточно товара"


class CartFull(ShopError):
    """Savatda koʻpi bilan {most} xil mahsulot boʻlishi mumkin"""

    en = "A cart may hold at most {most} different goods"
    ru = "В корзине может быть не более {most} разных товаров"


class EmptyCart(ShopError):
    """Savat bo'sh"""

    en = "The cart is empty"
    ru = "Корзина пуста"


class ShortStock(ShopError):
    """'{product}' omborda yetarli emas. Qoldi: {left}"""

    en = "There is not enough of '{product}' in stock. Left: {left}"
    ru = "Товара «{product}» недостаточно на складе. Осталось: {left}"


class NotYourOrder(ShopError):
    """Siz buyurtmani o'zgartira olmaysiz. Admin bilan bog'laning."""

    en = "You cannot change the order. Ask the administrator."
    ru = "Вы не можете изменить заказ. Обратитесь к администратору."
    status = 403


class OrderMoved(ShopError):
    """Buyurtmani endi bekor qilib boʻlmaydi."""

    en = "The order can no longer be cancelled."
    ru = "Заказ уже нельзя отменить."
    status = 409
