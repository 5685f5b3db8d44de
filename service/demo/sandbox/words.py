"""The Checkout page's words, in the languages of the sample newspaper."""

WORDS = {
    "en": {
        "title": "Pay The Daily Lantern", "sandbox": "Sandbox: no money moves",
        "sandbox_more": "This page stands in for Stripe Checkout on your own computer. No card is charged, no bank is"
        " asked, nothing leaves this machine.",
        "once": "once", "day": "every day", "week": "every week", "month": "every month", "year": "every year",
        "each": "every {count} {interval}s", "email": "E-mail", "method": "Choose how the payment ends",
        "pay": "Pay {amount}", "pay_more": "A card that works, ending 4242",
        "decline": "Pay with a card that is declined", "decline_more": "You stay here and may try again",
        "delay": "Pay by a delayed method", "delay_more": "A bank debit: promised now, the money arrives days later",
        "cancel": "Cancel and go back", "declined": "Your card was declined. Nothing was charged; try another way.",
        "bad_email": "Please give an e-mail address, such as reader@example.org.",
        "paid_title": "This is already paid", "paid_text": "{amount} arrived. You need not pay again.",
        "underway_title": "This payment is on its way",
        "underway_text": "{amount} was promised by bank debit. In the sandbox, you decide whether it arrives:",
        "dashboard": "Open the sandbox dashboard",
        "expired_title": "This page has expired",
        "expired_text": "It was open for too long, so it can no longer be paid. Nothing was charged.",
        "back": "Back to where you came from", "unknown_title": "There is no such payment page",
        "unknown_text": "The address may be cut short, or the sandbox's memory was cleared.",
        "failed_title": "The delayed payment failed", "failed_text": "The bank sent nothing. Nothing was charged.",
    },
    "ru": {
        "title": "Платёж", "sandbox": "Песочница: деньги не движутся",
        "sandbox_more": "Эта страница изображает Stripe Checkout на вашем компьютере. Карта не списывается, банк не"
        " участвует, ничего не уходит в сеть.",
        "once": "один раз", "day": "каждый день", "week": "каждую неделю", "month": "каждый месяц",
        "year": "каждый год", "each": "раз в {count} × {interval}", "email": "Эл. почта",
        "method": "Выберите, чем кончится платёж",
        "pay": "Оплатить {amount}", "pay_more": "Исправная карта, номер оканчивается на 4242",
        "decline": "Оплатить картой, которую отклонят", "decline_more": "Вы останетесь здесь и сможете повторить",
        "delay": "Оплатить способом с задержкой",
        "delay_more": "Банковское списание: обещано сейчас, деньги придут через несколько дней",
        "cancel": "Отменить и вернуться", "declined": "Карта отклонена. Ничего не списано, попробуйте иначе.",
        "bad_email": "Укажите адрес почты, например reader@example.org.",
        "paid_title": "Уже оплачено", "paid_text": "{amount} получено. Платить ещё раз не нужно.",
        "underway_title": "Платёж в пути",
        "underway_text": "{amount} обещано банковским списанием. В песочнице вы сами решаете, дойдёт ли оно:",
        "dashboard": "Открыть панель песочницы",
        "expired_title": "Страница устарела",
        "expired_text": "Она была открыта слишком долго, и оплатить её уже нельзя. Ничего не списано.",
        "back": "Вернуться", "unknown_title": "Такой страницы оплаты нет",
        "unknown_text": "Возможно, адрес обрезан или память песочницы очищена.",
        "failed_title": "Платёж не дошёл", "failed_text": "Банк ничего не прислал. Ничего не списано.",
    },
}  # fmt: skip


def words_for(locale: str | None) -> tuple[str, dict[str, str]]:
    """The language shown for a Checkout locale, and its words."""
    language = (locale or "en").split("-")[0]
    return (language, WORDS[language]) if language in WORDS else ("en", WORDS["en"])
