"""What owners are written about their locks: one letter in the three languages of our customers."""

from .reports import Notice

SUBJECTS = {
    Notice.BATTERY: "{name}: batareya {battery} % · батарея · battery",
    Notice.OFFLINE: "{name}: oflayn · не в сети · offline",
    Notice.TAMPER: "{name}: buzishga urinish · попытка взлома · tampering",
    Notice.GUESSES: "{name}: notoʻgʻri kodlar · неверные коды · wrong codes",
}
BODIES = {
    Notice.BATTERY: (
        "«{name}» qulfining batareyasida {battery} % qoldi. Batareyani almashtiring.",
        "В замке «{name}» осталось {battery} % заряда. Замените батарею.",
        "The battery of your lock “{name}” is at {battery} %. Replace it.",
    ),
    Notice.OFFLINE: (
        "«{name}» qulfi aloqaga chiqmayapti. Batareya va internetni tekshiring.",
        "Замок «{name}» не выходит на связь. Проверьте батарею и интернет.",
        "Your lock “{name}” is not heard from. Check its battery and the network.",
    ),
    Notice.TAMPER: (
        "«{name}» qulfini kimdir buzishga urinmoqda. Eshikni tekshiring.",
        "Кто-то пытается взломать замок «{name}». Проверьте дверь.",
        "Somebody tampers with your lock “{name}”. Look after your door.",
    ),
    Notice.GUESSES: (
        "«{name}» qulfida ketma-ket notoʻgʻri kodlar terildi. Jurnalni koʻring; ilova qulfni hozir ham ochadi.",
        "У замка «{name}» подряд набирали неверные коды. Посмотрите журнал; приложение откроет замок и сейчас.",
        "Wrong codes were tried at your lock “{name}”, one after another. See its log; the app opens it meanwhile.",
    ),
}


def letter(notice: Notice, name: str, battery: int) -> tuple[str, str]:
    """Subject and body; `battery` in percent."""
    told = {"name": name, "battery": battery}
    return SUBJECTS[notice].format(**told), "\n\n".join(text.format(**told) for text in BODIES[notice]) + "\n"
