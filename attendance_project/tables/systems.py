"""What other systems call the columns of people, in their exports (docs/imports.md has the table).

The best name of each column comes first: where a file has several of them, the first is read. The
sources are the documentation of Moodle ("Upload users"), Canvas ("SIS Import Format"), Blackboard
("Snapshot flat file"), 1EdTech OneRoster 1.1 and 1.2 (CSV binding), and the names of columns in
Banner's and SITS's tables.
"""

NUMBER = (
    "Student number",
    "Student ID number",
    "Student no",
    "ID number",  # Moodle
    "idnumber",  # Moodle, upload of users
    "SIS User ID",  # Canvas, gradebook
    "sis_user_id",
    "identifier",  # OneRoster
    "Student ID",  # Blackboard
    "STUDENT_ID",
    "OrgDefinedId",  # Brightspace
    "Banner ID",
    "SPRIDEN_ID",  # Banner
    "STU_CODE",  # SITS
    "Student code",
    "SPR_CODE",
    "EMPLID",  # PeopleSoft
    "Campus ID",
    "University ID",
    "Person ID",
    "Personnel number",
    "Staff number",
    "Staff ID",
    "Employee ID",
    "Institution number",
    "Roll number",
    "Roll no",
    "Registration number",
    "Reg no",
    "Registration no",
    "Enrolment number",
    "Enrollment number",
    "Matriculation number",
    "Matric number",
    "Matric no",
    "Matrikelnummer",
    "Matrikel-Nr",
    "ID-Nummer",
    "Numéro étudiant",
    "N° étudiant",
    "Numéro d'étudiant",
    "Numéro d'identification",
    "COD_ETU",  # Apogée
    "Número de ID",
    "Número de alumno",
    "Matrícula",
    "Matricola",
    "user_id",  # Canvas, SIS
    "EXTERNAL_PERSON_KEY",  # Blackboard, snapshot
    "userSourcedId",  # OneRoster, enrolments
    "sourcedId",  # OneRoster, where there is no identifier
    "Number",
    "ID",
)
EMAIL = (
    "Email address",
    "E-mail address",
    "Email",
    "E-mail",
    "Mail",
    "Student email",
    "Email ID",
    "University email",
    "Institutional email",
    "GOREMAL_EMAIL_ADDRESS",  # Banner
    "STU_CAEM",  # SITS
    "STU_HAEM",
    "E-Mail-Adresse",
    "Adresse de courriel",
    "Adresse e-mail",
    "Courriel",
    "Dirección de correo",
    "Dirección Email",
    "Correo electrónico",
    "Indirizzo email",
    "SIS Login ID",  # Canvas, gradebook
    "login_id",  # Canvas, SIS
    "Username",
    "User name",
)
FULL_NAME = (
    "Full name",
    "full_name",  # Canvas, SIS
    "Student name",
    "Student full name",
    "Display name",
    "Name",
    "Student",  # Canvas, gradebook
    "sortable_name",
    "Learner",
    "Participant",
    "Nom complet",
    "Nombre completo",
)
GIVEN_NAME = (
    "First name",
    "firstname",
    "givenName",  # OneRoster
    "Given name",
    "Given names",
    "Forename",
    "Forename(s)",
    "SPRIDEN_FIRST_NAME",  # Banner
    "STU_FNM1",  # SITS
    "Vorname",
    "Prénom",
    "LIB_PR1_IND",  # Apogée
    "Nombre",
    "Nome",
)
FAMILY_NAME = (
    "Last name",
    "lastname",
    "familyName",  # OneRoster
    "Family name",
    "Surname",
    "SPRIDEN_LAST_NAME",  # Banner
    "STU_SURN",  # SITS
    "Nachname",
    "Familienname",
    "Nom",
    "Nom de famille",
    "LIB_NOM_PAT_IND",  # Apogée
    "Apellido(s)",
    "Apellidos",
    "Apellido",
    "Cognome",
)
DEPARTMENT = ("Department", "Dept", "Faculty", "School", "Programme", "Program", "Studiengang")
ROLE = ("role", "roles", "role1", "declared_user_type", "INSTITUTION_ROLE", "User role", "Rôle")
STATUS = (
    "status",
    "ROW_STATUS",
    "Reg Status",
    "Registration status",
    "SFRSTCR_RSTS_CODE",
)
ENABLED = ("enabledUser", "Availability", "AVAILABLE_IND")

STUDENT_ROLES = frozenset(
    [
        "student",
        "learner",
        "studentenrollment",
        "s",
        "stu",
        "estudiante",
        "alumno",
        "étudiant",
        "etudiant",
        "participant",
        "teilnehmer",
        "teilnehmerin",
        "studente",
    ]
)
TEACHER_ROLES = frozenset(
    [
        "teacher",
        "instructor",
        "faculty",
        "teacherenrollment",
        "editingteacher",
        "lecturer",
        "professor",
        "p",
        "t",
        "docente",
        "enseignant",
        "dozent",
        "dozentin",
        "primary",
        "courseinstructor",
    ]
)
GONE = frozenset(
    [
        "deleted",
        "tobedeleted",
        "inactive",
        "disabled",
        "false",
        "0",
        "no",
        "n",
        "suspended",
        "withdrawn",
        "dropped",
        "completed",
        "dd",
        "dw",
        "wd",
        "dropdelete",
        "webdropped",
        "delete",
        "concluded",
        "rejected",
    ]
)
"""Words of a status that say that somebody is no longer there."""
