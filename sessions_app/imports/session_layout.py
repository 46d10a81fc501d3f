"""The columns of a table of sessions: our names, and those of timetable systems and calendars."""

from django.utils.translation import gettext_lazy as _

from attendance_project.tables import Column, Kind, Layout, systems

NUMBER, EMAIL, NAME = "teacher_number", "teacher_email", "teacher_name"
SUBSTITUTE = "substitute"
OF_A_COURSE = ("subject_code", "class_code", "title")
"""Columns that say of which course a session is."""

SESSIONS = Layout(
    "sessions",
    (
        Column(
            "subject_code",
            Kind.CODE,
            _("Subject: code"),
            (
                *("Course code", "Subject code", "Module code", "Course", "Subject", "Module"),
                *("Course ID", "MOD_CODE", *systems.SUBJECT_CODE, "Curso"),
            ),
        ),
        Column(
            "class_code",
            Kind.CODE,
            _("Class: code"),
            (
                *(
                    "Class code",
                    "Class",
                    "Class group",
                    "Group",
                    "Section",
                    "Section code",
                    "Cohort",
                ),
                "Division",
                *systems.CLASS_CODE,
            ),
        ),
        Column(
            "title",
            Kind.TEXT,
            _("Title: subject and class in words"),
            (
                *("Event name", "Subject title"),
                *("Event", "Activity", "Activity name", "Summary", "Session title", "Course name"),
                *("Subject name", "Course title", "Module title", "Name", "Titel", "Veranstaltung"),
                *("Bezeichnung", "Betreff", "Titre", "Intitulé", "Objet", "Activité", "Título"),
                *("Asunto", "Actividad", "Nombre", "Titolo", "Oggetto", "Onderwerp", "Название"),
                *("العنوان", "اسم المقرر", "标题", "名称"),
            ),
        ),
        Column(
            "date",
            Kind.WORD,
            _("Day of the session"),
            (
                *("Session date", "Start date", "Begin date", "Class date", "Date of session"),
                *(
                    "Datum",
                    "Startdatum",
                    "Beginndatum",
                    "Beginnt am",
                    "Date de début",
                    "Date du cours",
                ),
                *("Fecha", "Fecha de inicio", "Comienzo", "Data", "Data de início", "Data inizio"),
                *("Begindatum", "Дата", "Дата начала", "Tarih", "Dato", "Päivämäärä", "Dátum"),
                *("Ημερομηνία", "תאריך", "التاريخ", "تاريخ البدء", "日期", "日付", "날짜"),
                *("Day", "Tag", "Jour", "Día"),
            ),
        ),
        Column(
            "begin",
            Kind.WORD,
            _("Begin"),
            (
                *("Start time", "Begin time", "Starts", "Starts at", "Begins", "Start", "From"),
                *("Beginn", "Startzeit", "Anfangszeit", "Anfang", "Beginnt um", "Von", "Début"),
                *(
                    "Heure de début",
                    "Commence à",
                    "De",
                    "Hora de inicio",
                    "Inicio",
                    "Desde",
                    "Inizio",
                ),
                *("Ora inizio", "Ora di inizio", "Dalle", "Hora de início", "Início", "Begintijd"),
                *("Έναρξη", "Ώρα έναρξης", "Ώρα"),
                *("Vanaf", "Начало", "Время начала", "Başlangıç", "وقت البدء", "وقت البداية"),
                *(
                    "البداية",
                    "من",
                    "开始时间",
                    "开始",
                    "開始",
                    "시작",
                    "Start date and time",
                    "DTSTART",
                ),
                *(
                    "Time",
                    "Timing",
                    "Timings",
                    "Zeit",
                    "Uhrzeit",
                    "Heure",
                    "Horaire",
                    "Hora",
                    "Horario",
                    "Ora",
                    "Orario",
                ),
                *("Tijd", "Время", "Saat", "الوقت", "时间", "時間", "시간"),
            ),
        ),
        Column(
            "end_date",
            Kind.WORD,
            _("Day on which it ends"),
            (
                *("End date", "Finish date", "Enddatum", "Endet am", "Date de fin", "Fecha de fin"),
                *(
                    "Fecha de finalización",
                    "Data de fim",
                    "Data fine",
                    "Einddatum",
                    "Дата окончания",
                ),
                *("تاريخ الانتهاء", "结束日期", "終了日"),
            ),
        ),
        Column(
            "end",
            Kind.WORD,
            _("End"),
            (
                *("End time", "Finish time", "Ends", "Ends at", "Finish", "To", "Until", "Till"),
                *("Ende", "Endzeit", "Endet um", "Bis", "Fin", "Heure de fin", "Finit à", "À"),
                *("Hora de fin", "Hora de finalización", "Final", "Hasta", "Fine", "Ora fine"),
                *(
                    "Ora di fine",
                    "Alle",
                    "Hora de fim",
                    "Fim",
                    "Hora de término",
                    "Término",
                    "Eindtijd",
                ),
                *("Λήξη", "Ώρα λήξης"),
                *("Einde", "Tot", "Конец", "Окончание", "Время окончания", "Bitiş", "وقت الانتهاء"),
                *("وقت النهاية", "النهاية", "إلى", "结束时间", "结束", "終了", "종료", "DTEND"),
                "End date and time",
            ),
        ),
        Column(
            "duration",
            Kind.WORD,
            _("Length in minutes, or with h and min"),
            (
                *("Duration (minutes)", "Duration (min)", "Duration", "Length", "Minutes"),
                *("Dauer (Minuten)", "Dauer (min)", "Dauer", "Minuten", "Durée (minutes)", "Durée"),
                *(
                    "Duración (minutos)",
                    "Duración",
                    "Durata",
                    "Duração",
                    "Duur",
                    "Продолжительность",
                ),
                *("Süre", "المدة", "时长", "時間数"),
            ),
        ),
        Column(
            "room",
            Kind.TEXT,
            _("Room"),
            (
                *("Room no", "Room number", "Αίθουσα"),
                *("Room name", "Location", "Classroom", "Venue", "Place", "Raum", "Saal", "Ort"),
                *("Salle", "Lieu", "Local", "Aula", "Sala", "Lugar", "Ubicación", "Emplacement"),
                *(
                    "Luogo",
                    "Lokaal",
                    "Locatie",
                    "Аудитория",
                    "Место",
                    "Derslik",
                    "القاعة",
                    "الغرفة",
                ),
                *("المكان", "教室", "地点", "場所", "강의실"),
            ),
        ),
        Column(
            NUMBER,
            Kind.NUMBER,
            _("Teacher: number"),
            ("Teacher ID", "Staff number", "Staff ID", "Instructor ID", "Lecturer ID", "Tutor ID"),
        ),
        Column(
            EMAIL,
            Kind.EMAIL,
            _("Teacher: e-mail"),
            ("Instructor email", "Lecturer email", "Staff email", "Tutor email", "Organizer"),
        ),
        Column(
            NAME,
            Kind.NAME,
            _("Teacher: name"),
            (
                *("Faculty", "Faculty name", "Διδάσκων", "Καθηγητής"),
                *("Teacher", "Lecturer", "Instructor", "Staff", "Tutor", "Professor", "Lehrer"),
                *("Lehrkraft", "Lehrperson", "Dozent", "Dozentin", "Dozierende", "Enseignant"),
                *("Professeur", "Intervenant", "Profesor", "Profesora", "Docente", "Docent"),
                *("Преподаватель", "Öğretmen", "المدرس", "المعلم", "الأستاذ", "المحاضر"),
                *("教师", "老师", "教員", "교수"),
            ),
        ),
        Column(
            SUBSTITUTE,
            Kind.NAME,
            _("Substitute: number, e-mail or name"),
            (
                *("Substitute teacher", "Cover", "Cover teacher", "Replacement", "Vertretung"),
                *("Vertretungslehrkraft", "Remplaçant", "Remplaçante", "Suplente", "Sustituto"),
                *("Sustituta", "Supplente", "Vervanger", "Замена", "البديل", "المعلم البديل"),
            ),
        ),
        Column(
            "weight_h",
            Kind.WORD,
            _("Weight in hours"),
            (
                *("Weight (hours)", "Weight", "Gewicht (Stunden)", "Gewicht", "Poids (heures)"),
                *("Poids", "Peso (horas)", "Peso", "الوزن"),
            ),
        ),
        Column(
            "offering",
            Kind.TEXT,
            _("Offering: sessions of which a student needs one"),
            ("Offering name", "One of", "Alternative", "Angebot", "Wahlgruppe", "Alternativa"),
        ),
        Column(
            "status",
            Kind.WORD,
            _("Status: cancelled or not"),
            (
                *("Session status", "Event status", "State", "Zustand", "Statut", "État", "Estado"),
                *("Stato", "Situação", "Статус", "Durum", "الحالة", "状态"),
            ),
        ),
        Column(
            "session_id",
            Kind.WORD,
            _("Id of the session in the other system"),
            ("Session ID", "Event ID", "Activity ID", "Booking ID", "UID", "Termin-ID"),
        ),
    ),
    needs=((frozenset({*OF_A_COURSE, "room", "begin", "end"}), frozenset({"date", "begin"})),),
    reads_strangers=True,
    keeps_faults=True,
)
