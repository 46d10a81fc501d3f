"""``python -m attendance_project.new_env > .env``: write fresh secrets for one installation."""

import secrets

from cryptography.fernet import Fernet


def main() -> None:
    print(f"SECRET_KEY={secrets.token_urlsafe(48)}")
    print(f"CODE_SECRET={secrets.token_urlsafe(48)}")
    print(f"FACE_TEMPLATE_KEYS={Fernet.generate_key().decode()}")


if __name__ == "__main__":
    main()
