from __future__ import annotations

import pytest

from search.alphabet import fold, is_cyrillic, plain


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Повратак", "povratak"),
        ("избеглице", "izbeglice"),
        ("ЉУБЉАНА", "ljubljana"),
        ("Његош", "njegos"),
        ("џеп", "dzep"),
        ("Ђорђе", "dorde"),
        ("Djordje", "dorde"),
        ("Đorđe", "dorde"),
        ("Ѓорче", "gorce"),
        ("Gjorče", "gorce"),
        ("ќерка", "kerka"),
        ("kjerka", "kerka"),
        ("ѕвезда", "dzvezda"),
        ("śutra", "sutra"),
        ("с\u0301утра", "sutra"),
        ("Këshillim", "keshillim"),
        ("Çështje", "ceshtje"),
        ("Rückführung", "ruckfuhrung"),
        ("Straße", "strasse"),
        ("c\u030cekanje", "cekanje"),
        ("read\u00admis\u200bsion", "readmission"),
        ("ǆep", "dzep"),
        ("RETURN", "return"),
        ("1244", "1244"),
    ],
)
def test_every_script_has_one_spelling(written: str, folded: str) -> None:
    assert fold(written) == folded


def test_digraphs_stay_in_the_plain_spelling() -> None:
    assert plain("Odjeljenje") == "odjeljenje"


def test_cyrillic_is_recognised() -> None:
    assert is_cyrillic("Срб")
    assert not is_cyrillic("Srb")
