"""The names of months and weekdays in the languages in which tables are written."""

import re

_NAMES = (
    "jan january januar janv janvier ene enero gen gennaio januari janeiro stycznia styczeń ledna "
    "leden января январь ocak ιανουαρίου januára tammikuuta січня يناير جانفي ינואר",
    "feb february februar fév févr février febrero febbraio februari fev fevereiro lutego luty "
    "února únor февраля февраль şubat φεβρουαρίου februára helmikuuta лютого فبراير فيفري شباط "
    "פברואר",
    "mar march märz mär marz mrz mars marzo maart mrt março marca marzec března březen марта март "
    "mart μαρτίου maaliskuuta березня مارس آذار اذار מרץ",
    "apr april avr avril abr abril aprile kwietnia kwiecień dubna duben апреля апрель nisan "
    "απριλίου apríla huhtikuuta квітня أبريل ابريل أفريل نيسان אפריל",
    "may mai mayo mag maggio mei maio maja maj května květen мая май mayıs μαΐου mája toukokuuta "
    "травня مايو أيار ايار ماي מאי",
    "jun june juni juin junio giu giugno junho czerwca czerwiec června červen июня июнь haziran "
    "ιουνίου júna kesäkuuta червня يونيو حزيران جوان יוני",
    "jul july juli juil juillet julio lug luglio julho lipca lipiec července červenec июля июль "
    "temmuz ιουλίου júla heinäkuuta липня يوليو تموز جويلية יולי",
    "aug august août aout ago agosto augustus augusti sierpnia sierpień srpna srpen августа август "
    "ağustos αυγούστου augusta elokuuta серпня أغسطس اغسطس آب أوت אוגוסט",
    "sep sept september septembre septiembre set settembre setembro września wrzesień září "
    "сентября сентябрь eylül σεπτεμβρίου septembra syyskuuta вересня سبتمبر أيلول ايلول شتنبر "
    "ספטמבר",
    "oct october oktober okt octobre octubre ott ottobre out outubro października październik "
    "října říjen октября октябрь ekim οκτωβρίου októbra lokakuuta жовтня أكتوبر اكتوبر אוקטובר",
    "nov november novembre noviembre novembro listopada listopad listopadu ноября ноябрь kasım "
    "νοεμβρίου novembra marraskuuta листопада نوفمبر נובמבר",
    "dec december dez dezember déc décembre dic diciembre dicembre dezembro grudnia grudzień "
    "prosince prosinec декабря декабрь aralık δεκεμβρίου decembra joulukuuta грудня ديسمبر דצמבר",
)
MONTHS = {name: number for number, names in enumerate(_NAMES, 1) for name in names.split()}
"""The number of each month by its name in small letters. Words that are another month in another
language, such as the Croatian ones, are not in it."""
_TWO_WORDS = {
    "كانون الثاني": "يناير",
    "تشرين الأول": "أكتوبر",
    "تشرين الثاني": "نوفمبر",
    "كانون الأول": "ديسمبر",
}
"""Months of the Levant and of Iraq that have two words, with the same month in one."""
_WEEKDAY_NAMES = (
    "mon monday mo montag lun lundi lunes lunedì seg segunda maandag pon poniedziałek пн الاثنين "
    "الإثنين pzt",
    "tue tues tuesday dienstag mardi martes martedì ter terça dinsdag wt wtorek вт الثلاثاء",
    "wed wednesday mittwoch mer mercredi mié miércoles mercoledì qua quarta woensdag śr środa ср "
    "الأربعاء çar",
    "thu thur thurs thursday donnerstag jeu jeudi jue jueves giovedì qui quinta donderdag czw "
    "czwartek чт الخميس",
    "fri friday freitag ven vendredi vie viernes venerdì sex sexta vrijdag piątek пт الجمعة",
    "sat saturday samstag sonnabend sam samedi sáb sábado sabato zaterdag сб السبت",
    "sun sunday sonntag dim dimanche dom domingo domenica zondag вс الأحد",
)
"""The days from Monday on."""
_AMBIGUOUS = "di mi do fr sa so mar ma wo vr za zo pt sal per cum"
"""Short names of weekdays that mean something else as well, or another weekday elsewhere."""
_NUMBERED_WORDS = (
    "week wk kw woche semaine semana settimana session lecture vorlesung vl termin sitzung séance "
    "cours sesión clase class meeting nr no day tag jour"
)
_NUMBERED = frozenset(_NUMBERED_WORDS.split())
_SMALL = frozenset({"h", "uhr", "at", "um", "à", "le", "am"})
_WEEKDAY_OF = {word: day for day, words in enumerate(_WEEKDAY_NAMES) for word in words.split()}
WEEKDAYS = frozenset(_WEEKDAY_OF) | frozenset(_AMBIGUOUS.split())
_BESIDE_A_DAY = WEEKDAYS | _NUMBERED | _SMALL


def in_one_word(text: str) -> str:
    """The text with each name of a month in one word."""
    for name, month in _TWO_WORDS.items():
        text = text.replace(name, month)
    return text


def weekday_in(text: str) -> int | None:
    """The one weekday that the text names for certain, as ``date.weekday`` counts it."""
    words = re.findall(r"[^\W\d_]+", text.casefold())
    found = {_WEEKDAY_OF[word] for word in words if word in _WEEKDAY_OF}
    return found.pop() if len(found) == 1 else None


def is_beside_a_day(text: str) -> bool:
    """Whether the text is nothing but a weekday, or the number of a week or a session."""
    words = re.findall(r"\w+", text.casefold())
    pairs = zip(["", *words], words, strict=False)
    return all(
        word in _BESIDE_A_DAY or (word.isdigit() and before in _NUMBERED) for before, word in pairs
    )
