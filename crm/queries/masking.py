"""What of a person's number and mail everybody in the office may see."""


def masked_phone(number: str) -> str:
    """138****0003; of a short number only the last digits are left, of a very short one nothing."""
    head = 3 if len(number) >= 11 else 0
    return f"{number[:head]}****{number[-4:] if len(number) > 6 else ''}"


def masked_email(address: str) -> str:
    """z***@example.com: who reads it recognises it, who does not know it cannot write to it."""
    name, at, domain = address.partition("@")
    return f"{name[:1]}***{at}{domain}" if at else "***"


def masked(field: str, value: str) -> str:
    """A value of a contact as everybody may see it."""
    if field == "phone":
        return masked_phone(value)
    return masked_email(value) if field == "email" else value
