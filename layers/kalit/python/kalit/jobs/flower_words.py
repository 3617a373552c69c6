"""What the page `/flower/` says, in three languages: its server's part and its script take their words from here."""

from kalit.kit.words import Text

WORDS: dict[str, Text] = {
    # The login form, and why it is shown.
    "title": Text("Jobs", ru="Задания", uz="Vazifalar"),
    "language": Text("Language", ru="Язык", uz="Til"),
    "for_admins": Text("For administrators.", ru="Для администраторов.", uz="Administratorlar uchun."),
    "username": Text("Username", ru="Имя пользователя", uz="Foydalanuvchi nomi"),
    "password": Text("Password", ru="Пароль", uz="Parol"),
    "log_in": Text("Log in", ru="Войти", uz="Kirish"),
    "log_out": Text("Log out", ru="Выйти", uz="Chiqish"),
    "wrong": Text("Wrong name or password.", ru="Неверное имя или пароль.", uz="Nom yoki parol notoʻgʻri."),
    "throttled": Text(
        "Too many failed tries. Try again in {seconds} s.",
        ru="Слишком много неудачных попыток. Повторите через {seconds} с.",
        uz="Muvaffaqiyatsiz urinishlar koʻp. {seconds} soniyadan soʻng qayta urining.",
    ),
    "not_admin": Text(
        "This account is not an administrator's.",
        ru="Это учётная запись не администратора.",
        uz="Bu administrator hisobi emas.",
    ),
    "must_change": Text(
        "This password was given to you. Set your own first.",
        ru="Этот пароль вам выдали. Сначала задайте свой.",
        uz="Bu parol sizga berilgan. Avval oʻzingiznikini oʻrnating.",
    ),
    "set_password": Text("Set a password", ru="Задать пароль", uz="Parol oʻrnatish"),
    "session_over": Text(
        "Your session is over. Log in again.",
        ru="Сеанс завершён. Войдите снова.",
        uz="Seans tugadi. Qayta kiring.",
    ),
    "no_script": Text(
        "This page needs JavaScript.", ru="Этой странице нужен JavaScript.", uz="Bu sahifaga JavaScript kerak."
    ),
    # The state at a glance.
    "all_well": Text("All well", ru="Всё в порядке", uz="Hammasi joyida"),
    "dead_count": Text("Dead: {count}", ru="Погибших: {count}", uz="Oʻlik: {count}"),
    "late_queues": Text("Late: {queues}", ru="Отстаёт: {queues}", uz="Kechikmoqda: {queues}"),
    "no_contact": Text("No contact", ru="Нет связи", uz="Aloqa yoʻq"),
    "loading": Text("Loading…", ru="Загрузка…", uz="Yuklanmoqda…"),
    "fresh_at": Text("As of {time}", ru="На {time}", uz="{time} holatiga"),
    "unreachable": Text(
        "The server cannot be reached. What you see is of {time}; it is tried again every 5 seconds.",
        ru="Сервер недоступен. Показано состояние на {time}; попытки каждые 5 секунд.",
        uz="Serverga ulanib boʻlmadi. Koʻrsatilgani {time} holatiga; har 5 soniyada qayta uriniladi.",
    ),
    # Queues.
    "queues": Text("Queues", ru="Очереди", uz="Navbatlar"),
    "queue": Text("Queue", ru="Очередь", uz="Navbat"),
    "waiting": Text("Waiting", ru="Ждут", uz="Navbatda"),
    "in_flight": Text("In flight", ru="В работе", uz="Ishlovda"),
    "oldest": Text("Oldest", ru="Старейшее", uz="Eng eskisi"),
    "success_rate": Text("Success", ru="Успех", uz="Muvaffaqiyat"),
    "success_rate_about": Text(
        "Completed of all that ended in the last seven days",
        ru="Доля выполненных среди завершённых за семь дней",
        uz="Yetti kunda tugaganlar orasida bajarilganlari ulushi",
    ),
    # States of a job, and in the queues' table how many are in them.
    "pending": Text("Pending", ru="Ожидает", uz="Kutmoqda"),
    "running": Text("Running", ru="Выполняется", uz="Bajarilmoqda"),
    "retrying": Text("Retrying", ru="Повторяется", uz="Takrorlanmoqda"),
    "completed": Text("Completed", ru="Выполнено", uz="Bajarildi"),
    "dead": Text("Dead", ru="Погибло", uz="Oʻlik"),
    "cancelled": Text("Cancelled", ru="Отменено", uz="Bekor qilindi"),
    # Dead jobs.
    "dead_jobs": Text("Dead jobs", ru="Погибшие задания", uz="Oʻlik vazifalar"),
    "no_dead": Text("None.", ru="Нет.", uz="Yoʻq."),
    "retry": Text("Retry", ru="Повторить", uz="Qayta yuborish"),
    "retry_all": Text("Retry all", ru="Повторить все", uz="Hammasini qayta yuborish"),
    "retry_all_of": Text(
        "Send all dead jobs of {queue} again?",
        ru="Повторить все погибшие задания очереди {queue}?",
        uz="{queue} navbatidagi barcha oʻlik vazifalar qayta yuborilsinmi?",
    ),
    "cancel": Text("Cancel", ru="Отмена", uz="Bekor qilish"),
    "retried": Text("Sent again: {name}.", ru="Отправлено снова: {name}.", uz="Qayta yuborildi: {name}."),
    "retried_all": Text(
        "The dead jobs of {queue} are being sent again.",
        ru="Погибшие задания очереди {queue} отправляются снова.",
        uz="{queue} navbatidagi oʻlik vazifalar qayta yuborilmoqda.",
    ),
    "not_retryable": Text(
        "Nothing to send again: its next run does the work.",
        ru="Отправлять нечего: работу сделает следующий запуск.",
        uz="Yuboriladigan narsa yoʻq: ishni keyingi ishga tushish bajaradi.",
    ),
    "more_dead": Text(
        "The newest {shown} of {count}.", ru="Последние {shown} из {count}.", uz="{count} tadan oxirgi {shown} tasi."
    ),
    "failed_request": Text("That did not work: {why}", ru="Не получилось: {why}", uz="Bajarilmadi: {why}"),
    "no_answer": Text("the server did not answer.", ru="сервер не ответил.", uz="server javob bermadi."),
    # Jobs at work, and recent ones.
    "running_jobs": Text("Running now", ru="Выполняются сейчас", uz="Hozir bajarilmoqda"),
    "no_running": Text("None at this moment.", ru="Сейчас нет.", uz="Hozir yoʻq."),
    "recent_jobs": Text("Recent jobs", ru="Недавние задания", uz="Soʻnggi vazifalar"),
    "no_jobs": Text("No such jobs.", ru="Таких заданий нет.", uz="Bunday vazifalar yoʻq."),
    "job": Text("Job", ru="Задание", uz="Vazifa"),
    "state": Text("State", ru="Состояние", uz="Holat"),
    "all_queues": Text("All queues", ru="Все очереди", uz="Barcha navbatlar"),
    "all_states": Text("All states", ru="Все состояния", uz="Barcha holatlar"),
    "with_ticks": Text("ticks of schedules too", ru="и запуски по расписанию", uz="jadval boʻyichalari ham"),
    "created": Text("Created", ru="Создано", uz="Yaratildi"),
    "tries": Text("Tries", ru="Попыток", uz="Urinishlar"),
    "took": Text("Took", ru="Заняло", uz="Davomiyligi"),
    "previous": Text("Newer", ru="Новее", uz="Yangiroq"),
    "next": Text("Older", ru="Старше", uz="Eskiroq"),
    "page_of": Text("Page {page} of {pages}", ru="Страница {page} из {pages}", uz="{pages} tadan {page}-sahifa"),
    # A job's details.
    "details": Text("Details", ru="Подробности", uz="Tafsilotlar"),
    "close": Text("Close", ru="Закрыть", uz="Yopish"),
    "ended": Text("Ended", ru="Завершено", uz="Tugadi"),
    "asked_by": Text("Asked by", ru="Кто запросил", uz="Kim soʻragan"),
    "account": Text("account {number}", ru="учётная запись {number}", uz="{number}-hisob"),
    "request": Text("Request", ru="Запрос", uz="Soʻrov"),
    "arguments": Text("Arguments", ru="Аргументы", uz="Argumentlar"),
    "result": Text("Result", ru="Результат", uz="Natija"),
    "attempts": Text("Attempts", ru="Попытки", uz="Urinishlar"),
    "no_attempts": Text("None yet.", ru="Ещё не было.", uz="Hali boʻlmagan."),
    "under_way": Text("under way", ru="идёт", uz="davom etmoqda"),
    "gone": Text(
        "This job is not kept any more.", ru="Это задание больше не хранится.", uz="Bu vazifa endi saqlanmaydi."
    ),
    # Schedules.
    "schedules": Text("Schedules", ru="Расписания", uz="Jadvallar"),
    "schedule": Text("Schedule", ru="Расписание", uz="Jadval"),
    "tick": Text("of the system", ru="системное", uz="tizimniki"),
    "of_staff": Text("of the staff", ru="сотрудников", uz="xodimlarniki"),
    "expression": Text("When", ru="Когда", uz="Qachon"),
    "last": Text("Last run", ru="Последний запуск", uz="Oxirgi marta"),
    "next_runs": Text("Next runs", ru="Следующие запуски", uz="Keyingi safarlar"),
    "your_zone": Text(
        "Times are in your zone, {zone}.", ru="Время - в вашем поясе, {zone}.", uz="Vaqt sizning mintaqangizda, {zone}."
    ),
    "no_schedules": Text("None.", ru="Нет.", uz="Yoʻq."),
}


def say(key: str, language: str, **values: object) -> str:
    return WORDS[key].say(language, **values)
