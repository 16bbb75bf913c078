"""The interface languages. Montenegrin has no locale in Django or allauth: it is defined here (code `cnr`)."""

from django.conf import locale

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("bs", "Bosnian"),
    ("cnr", "Montenegrin"),
    ("de", "German"),
    ("hr", "Croatian"),
    ("mk", "Macedonian"),
    ("sq", "Albanian"),
    ("sr-latn", "Serbian (Latin)"),
    ("sr", "Serbian (Cyrillic)"),
]

locale.LANG_INFO["cnr"] = {"bidi": False, "code": "cnr", "name": "Montenegrin", "name_local": "crnogorski"}
