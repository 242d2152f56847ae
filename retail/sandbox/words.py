"""The few fixed words of a shop's page, in the languages of the markets; promotions bring their own words.

Keys are languages, with the script where a language has two. A language that is not here gets English.
"""

from __future__ import annotations

from dataclasses import dataclass

from babel import Locale, UnknownLocaleError


@dataclass(frozen=True)
class Words:
    """``until`` and ``starts`` hold ``{}`` where the local date and time go."""

    offers: str
    none: str
    soon: str
    until: str
    starts: str
    was: str  # read aloud before the struck-through price
    now: str  # read aloud before the promotional price


ENGLISH = Words("Offers", "No offers right now", "Coming soon", "until {}", "from {}", "Before", "Now")

WORDS = {
    "en": ENGLISH,
    "ar": Words("العروض", "لا توجد عروض حاليًا", "قريبًا", "حتى {}", "ابتداءً من {}", "السعر السابق", "السعر الآن"),
    "cs": Words("Nabídky", "Momentálně žádné nabídky", "Již brzy", "do {}", "od {}", "Původně", "Nyní"),
    "da": Words("Tilbud", "Ingen tilbud lige nu", "Kommer snart", "til {}", "fra {}", "Før", "Nu"),
    "de": Words("Angebote", "Zurzeit keine Angebote", "Demnächst", "bis {}", "ab {}", "Bisher", "Jetzt"),
    "el": Words("Προσφορές", "Δεν υπάρχουν προσφορές αυτή τη στιγμή", "Σύντομα", "έως {}", "από {}", "Πριν", "Τώρα"),
    "es": Words(
        "Ofertas", "No hay ofertas en este momento", "Próximamente", "hasta el {}", "desde el {}", "Antes", "Ahora"
    ),
    "fi": Words(
        "Tarjoukset", "Ei tarjouksia juuri nyt", "Tulossa pian", "voimassa {} asti", "alkaen {}", "Aiemmin", "Nyt"
    ),
    "fr": Words(
        "Offres", "Aucune offre en ce moment", "Bientôt", "jusqu’au {}", "à partir du {}", "Avant", "Maintenant"
    ),
    "hi": Words("ऑफ़र", "अभी कोई ऑफ़र नहीं है", "जल्द आ रहे हैं", "{} तक", "{} से", "पहले", "अब"),
    "hu": Words("Ajánlatok", "Jelenleg nincs ajánlat", "Hamarosan", "eddig: {}", "ettől: {}", "Korábban", "Most"),
    "id": Words(
        "Penawaran", "Belum ada penawaran saat ini", "Segera hadir", "hingga {}", "mulai {}", "Sebelumnya", "Sekarang"
    ),
    "it": Words("Offerte", "Nessuna offerta al momento", "In arrivo", "fino al {}", "dal {}", "Prima", "Ora"),
    "ja": Words(
        "キャンペーン",
        "現在開催中のキャンペーンはありません",
        "近日開始",
        "{}まで",
        "{}から",
        "通常価格",
        "キャンペーン価格",
    ),
    "ko": Words("프로모션", "현재 진행 중인 프로모션이 없습니다", "곧 시작", "{}까지", "{}부터", "정상가", "할인가"),
    "ms": Words("Tawaran", "Tiada tawaran buat masa ini", "Akan datang", "sehingga {}", "mulai {}", "Sebelum", "Kini"),
    "nb": Words("Tilbud", "Ingen tilbud akkurat nå", "Kommer snart", "til {}", "fra {}", "Før", "Nå"),
    "nl": Words("Aanbiedingen", "Op dit moment geen aanbiedingen", "Binnenkort", "t/m {}", "vanaf {}", "Eerst", "Nu"),
    "pl": Words("Promocje", "Obecnie brak promocji", "Wkrótce", "do {}", "od {}", "Wcześniej", "Teraz"),
    "pt": Words("Promoções", "Sem promoções neste momento", "Em breve", "até {}", "a partir de {}", "Antes", "Agora"),
    "sv": Words(
        "Erbjudanden", "Inga erbjudanden just nu", "Kommer snart", "till och med {}", "från {}", "Tidigare", "Nu"
    ),
    "th": Words("โปรโมชัน", "ขณะนี้ยังไม่มีโปรโมชัน", "เร็ว ๆ นี้", "ถึง {}", "ตั้งแต่ {}", "ราคาเดิม", "ราคาพิเศษ"),
    "tr": Words(
        "Kampanyalar", "Şu anda kampanya yok", "Yakında", "Bitiş: {}", "Başlangıç: {}", "Önceki fiyat", "Şimdi"
    ),
    "vi": Words("Ưu đãi", "Hiện chưa có ưu đãi", "Sắp diễn ra", "đến {}", "từ {}", "Giá cũ", "Giá hiện tại"),
    "zh-Hans": Words("优惠活动", "目前没有优惠活动", "即将开始", "截至{}", "{}起", "原价", "优惠价"),
    "zh-Hant": Words("優惠活動", "目前沒有優惠活動", "即將開始", "至{}止", "{}起", "原價", "優惠價"),
}


def locale_of(tag: str) -> Locale:
    """CLDR's locale for a BCP 47 tag, with the parts it does not know left off from the right; English when nothing is
    left.
    """
    parts = tag.replace("_", "-").split("-")
    while parts:
        try:
            return Locale.parse("-".join(parts), sep="-")
        except (UnknownLocaleError, ValueError):
            parts.pop()
    return Locale("en")


def key_of(locale: Locale) -> str:
    """The language with its script where that decides about words and letter shapes: ``ja``, ``zh-Hant``; ``nb`` for
    ``no``.
    """
    if locale.language == "zh":
        hant = locale.script == "Hant" or (locale.script is None and locale.territory in {"TW", "HK", "MO"})
        return "zh-Hant" if hant else "zh-Hans"
    return "nb" if locale.language in {"no", "nn"} else str(locale.language)


def words_of(locale: Locale) -> Words:
    return WORDS.get(key_of(locale), ENGLISH)
