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
_WEEKDAYS = (
    "mon monday tue tues tuesday wed wednesday thu thur thurs thursday fri friday sat saturday sun "
    "sunday mo montag di dienstag mi mittwoch do donnerstag fr freitag sa samstag sonnabend so "
    "sonntag lun lundi mar mardi mer mercredi jeu jeudi ven vendredi sam samedi dim dimanche lunes "
    "martes mié miércoles jue jueves vie viernes sáb sábado dom domingo lunedì martedì mercoledì "
    "giovedì venerdì sabato domenica seg segunda ter terça qua quarta qui quinta sex sexta maandag "
    "dinsdag woensdag donderdag vrijdag zaterdag zondag ma wo vr za zo pon wt śr czw pt "
    "poniedziałek wtorek środa czwartek piątek пн вт ср чт пт сб вс "
    "الاثنين الإثنين الثلاثاء الأربعاء الخميس "
    "الجمعة السبت الأحد pzt sal çar per cum"
)
_NUMBERED_WORDS = (
    "week wk kw woche semaine semana settimana session lecture vorlesung vl termin sitzung séance "
    "cours sesión clase class meeting nr no day tag jour"
)
_NUMBERED = frozenset(_NUMBERED_WORDS.split())
_SMALL = frozenset({"h", "uhr", "at", "um", "à", "le", "am"})
WEEKDAYS = frozenset(_WEEKDAYS.split())
_BESIDE_A_DAY = WEEKDAYS | _NUMBERED | _SMALL


def in_one_word(text: str) -> str:
    """The text with each name of a month in one word."""
    for name, month in _TWO_WORDS.items():
        text = text.replace(name, month)
    return text


def is_beside_a_day(text: str) -> bool:
    """Whether the text is nothing but a weekday, or the number of a week or a session."""
    words = re.findall(r"\w+", text.casefold())
    pairs = zip(["", *words], words, strict=False)
    return all(
        word in _BESIDE_A_DAY or (word.isdigit() and before in _NUMBERED) for before, word in pairs
    )
