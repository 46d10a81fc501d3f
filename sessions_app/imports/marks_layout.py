"""The columns of a file of marks: our names, and those of Zoom, Teams, Moodle and card readers."""

from django.utils.translation import gettext_lazy as _

from attendance_project.tables import Column, Kind, Layout, systems
from attendance_project.tables.headers import header_key

GIVEN, FAMILY = "student_given_name", "student_family_name"
ABSENCE = "absence"
"""A column in which a yes says that somebody was away."""

MARKS = Layout(
    "marks",
    (
        Column(
            "student_number",
            Kind.NUMBER,
            _("Student: number"),
            (*systems.NUMBER, "Card holder ID", "Cardholder ID", "Badge ID", "User number"),
        ),
        Column(
            "student_email",
            Kind.EMAIL,
            _("Student: e-mail"),
            (
                *("User Email", "Participant ID (UPN)", "UPN", "Benutzer-E-Mail"),
                *("E-mail de l'utilisateur", "Courriel de l'utilisateur", "E-mail utente"),
                *("Correo electrónico del usuario", "Email del usuario", "E-mail do usuário"),
                *systems.EMAIL,
            ),
        ),
        Column(
            "student_name",
            Kind.NAME,
            _("Student: name"),
            (
                "Name (Original Name)",  # Zoom
                "Name (original name)",
                *systems.FULL_NAME,
                "Participant Name",
                "Nom d'affichage",
                "Anzeigename",
                "Nombre para mostrar",
                "User name",
                "Cardholder",
                "Card holder",
            ),
        ),
        Column(GIVEN, Kind.NAME_PART, _("Student: first name"), systems.GIVEN_NAME),
        Column(FAMILY, Kind.NAME_PART, _("Student: last name"), systems.FAMILY_NAME),
        Column(
            "date",
            Kind.WORD,
            _("Day of the session"),
            (
                *("Session date", "Class date", "Day", "Datum", "Fecha", "Date of session"),
                *("Data", "Dato", "Päivämäärä", "Tarih", "Dátum", "Ημερομηνία", "Дата"),
                *("תאריך", "التاريخ", "日期", "日付", "날짜"),
            ),
        ),
        Column(
            "time",
            Kind.WORD,
            _("Start of the session"),
            ("Session time", "Start", "Start time", "Uhrzeit", "Heure", "Hora"),
        ),
        Column("session", Kind.WORD, _("Session"), ("Session ID", "Lecture", "Meeting")),
        Column(
            "subject_code",
            Kind.CODE,
            _("Subject: code"),
            ("Course code", "Module code", *systems.SUBJECT_CODE),
        ),
        Column(
            "class_code",
            Kind.CODE,
            _("Class: code"),
            ("Class", "Group", "Section", *systems.CLASS_CODE),
        ),
        Column(
            "status",
            Kind.WORD,
            _("Status"),
            (
                "Attendance",
                "Attendance status",
                "Mark",
                "Presence",
                "Present",
                "Anwesenheit",
                "Présence",
                "Asistencia",
                *("Statut", "Estado", "Stato", "Estatus", "Situação", "Durum", "Tila", "Stav"),
                *("Aanwezigheid", "Presenza", "Presença", "Obecność", "Närvaro", "Tilstedeværelse"),
                *("Läsnäolo", "Docházka", "Dochádzka", "Jelenlét", "Devam", "Yoklama", "Παρουσία"),
                *("Посещаемость", "Присутствие", "Явка", "Статус", "Відвідування", "נוכחות"),
                *("Attendance code", "P/A", "Anwesend", "Παρών", "الحضور والغياب"),
                *("الحضور", "الحالة", "حضور", "出勤", "出席", "考勤", "出欠", "출석", "출결"),
            ),
        ),
        Column(
            ABSENCE,
            Kind.WORD,
            _("Absence: whether they were away"),
            (
                *("Absent", "Absence", "Abwesend", "Abwesenheit", "Fehlt", "Απουσία", "Απών"),
                *("Ausente", "Ausencia", "Assente", "Assenza", "Afwezig", "غياب", "الغياب"),
            ),
        ),
        Column(
            "minutes",
            Kind.WORD,
            _("Minutes that they were there"),
            (
                "Total Duration (Minutes)",  # Zoom
                "Duration (Minutes)",
                "In-Meeting Duration",  # Teams
                "Duration",
                "Time in session (minutes)",
                "Minutes attended",
                "Attended Duration",
                "Attendance Duration",  # Webex
                *("Dauer in Besprechung", "Dauer der Besprechung", "Dauer (Minuten)", "Dauer"),
                *("Durée de la réunion", "Durée dans la réunion", "Durée (minutes)", "Durée"),
                *("Duración de la reunión", "Duración en la reunión", "Duración (minutos)"),
                *("Duración", "Durata riunione", "Durata (minuti)", "Durata", "Minuten"),
                *("Duração da reunião", "Duração (minutos)", "Duração", "Duur", "Minutos"),
            ),
        ),
        Column(
            "joined",
            Kind.WORD,
            _("When they came"),
            (
                "Join Time",  # Zoom, Teams
                *("Arrival", "Arrival time", "Arrived", "Arrived at", "Clock in"),
                *("In time", "وقت الانضمام"),
                *("Beitrittszeit", "Erster Beitritt", "Zeitstempel", "Beitrittszeitpunkt"),
                *("Heure d'arrivée", "Heure de connexion", "Heure de participation", "Horodateur"),
                *("Première participation", "Première connexion", "Heure d'entrée"),
                *("Hora de entrada", "Hora de unirse", "Hora de ingreso", "Primera entrada"),
                *("Primera unión", "Marca de tiempo", "Ora di accesso", "Primo accesso"),
                *("Hora de ingresso", "Primeira entrada", "Time joined", "Join"),
                "First Join",  # Teams
                "First Join Time",
                "Timestamp",
                "Time in",
                "Check-in time",
                "Check in",
                "Swipe time",
                "Scan time",
                "Punch time",
                "Event time",
                "Transaction time",
                "Access time",
                "Date/Time",
                "Date and time",
                "Datetime",
            ),
        ),
        Column(
            "left",
            Kind.WORD,
            _("When they left"),
            (
                *("Out time", "وقت المغادرة"),
                *("Leave Time", "Last Leave", "Last Leave Time", "Time out", "Check-out time"),
                *("Departure", "Departure time", "Departed", "Left at", "Clock out"),
                *("Zeit des Verlassens", "Verlassen um", "Letzter Austritt", "Austrittszeit"),
                *("Heure de départ", "Heure de sortie", "Dernier départ", "Dernière sortie"),
                *("Hora de salida", "Última salida", "Ora di uscita", "Ultima uscita"),
                *("Hora de saída", "Última saída", "Time exited", "Left"),
            ),
        ),
    ),
    needs=(
        (
            frozenset({"status", ABSENCE, "minutes", "joined", "date", "session"}),
            frozenset({"student_number", "student_email", "student_name", GIVEN, FAMILY}),
        ),
    ),
    reads_strangers=True,
)

_WORDS = {
    "present": "p present here 1 yes y true x ✓ ✔ √ + attended in ok ontime anwesend teilgenommen "
    "présent présente presente da ja oui si sì aanwezig obecny obecna närvarande tilstede läsnä "
    "přítomen přítomna prítomný jelen присутствовал присутствовала присутствует был была παρών "
    "παρούσα παρόν ναι π wahr vrai verdadero verdadeiro vero waar prawda истина ✅ ☑ mevcut "
    "geldi katıldı katildi נוכח נוכחת حاضر حاضرة نعم 出席 出勤 到 출석",
    "late": "l late tardy t tdy verspätet zuspät retard enretard tarde retraso atraso atrasado "
    "ritardo "
    "inritardo telaat spóźniony spóźniona spóźnienie försenad myöhässä pozdě geç опоздал опоздала "
    "опоздание καθυστέρηση באיחור متأخر متأخرة 迟到 遲到 遅刻 지각",
    "excused": "e ex exc excused excusedabsence absentexcused ea od onduty ml medicalleave "
    "δικαιολογημένη δικαιολογημένος بعذر غائببعذر غائبةبعذر معذور معذورة entsch entschuldigt "
    "krank beurlaubt excusé excusée absentjustifié "
    "absentejustifiée absencejustifiée justificado justificada faltajustificada "
    "ausentejustificado giustificato giustificata assentegiustificato geoorloofdafwezig "
    "usprawiedliwiony usprawiedliwiona omluven omluvena justified authorised authorized "
    "authorisedabsence medical sick болел болела izinli raporlu 请假 請假 公欠 공결",
    "absent": "a ab abs absent 0 no n false out noshow unexcused unexcusedabsence "
    "absentunexcused ua unauthorised abwesend fehlt "
    "gefehlt unentschuldigt absente absentinjustifié absentnonjustifié ausente falta faltó faltou "
    "assente afwezig nieobecny nieobecna frånvarande fraværende poissa nepřítomen nepřítomna "
    "neprítomný hiányzik nein non отсутствовал отсутствовала отсутствует н нб απών απούσα "
    "απουσία αδικαιολόγητη αδικαιολόγητος όχι α falsch faux falso onwaar fałsz ложь ✗ ✘ ✖ ❌ غ "
    "لا "
    "غائببدونعذر gelmedi "
    "katılmadı katilmadi חסר נעדר غائب غائبة 缺席 缺勤 旷课 欠席 결석",
}
STATUSES = {
    key: status
    for status, words in _WORDS.items()
    for word in words.split()
    for key in (word, header_key(word))
    if key
}
"""What files call each status, in small letters and without blanks and accents."""
