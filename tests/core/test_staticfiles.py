import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.finders import FileSystemFinder
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.storage import FileSystemStorage

from portal.core.staticfiles import STYLESHEET, PortalStaticFilesStorage, StylesheetError, joined, smaller

SOURCES = Path(__file__).parents[2] / "portal" / "static" / "portal" / "css"


def part(text: str) -> Any:
    return lambda _name: text


def test_imports_become_layers_in_order() -> None:
    parts = {"a.css": "a { color: red; }", "b/c.css": "b { margin: 0; }"}
    sheet = '@layer one, two;\n@import url("a.css") layer(one);\n@import url("b/c.css") layer(two);'
    text, names = joined(sheet, parts.__getitem__)
    assert text == "@layer one, two;\n@layer one {\na { color: red; }\n}\n@layer two {\nb { margin: 0; }\n}"
    assert names == ["a.css", "b/c.css"]


@pytest.mark.parametrize(
    "text", ['@import url("x.css");', "a { background: url(x.png); }", 'a { background: url("x.png"); }']
)
def test_a_part_that_leans_on_another_file_is_refused(text: str) -> None:
    with pytest.raises(StylesheetError, match=r"part\.css"):
        joined('@import url("part.css") layer(base);', part(text))


def test_a_part_may_hold_data_of_its_own() -> None:
    text, _names = joined(
        '@import url("part.css") layer(base);', part('a { background: url("data:image/png;base64,AA"); }')
    )
    assert "data:image/png" in text


def test_an_import_without_a_layer_is_refused() -> None:
    with pytest.raises(StylesheetError, match="every import"):
        joined('@import url("part.css");', part(""))


def test_comments_and_indents_go_and_nothing_else() -> None:
    assert smaller('/* why\n it is */\na {\n    content: "a  b";\n\n}\n') == 'a {\ncontent: "a  b";\n}'


@pytest.fixture
def collected(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """What collectstatic makes of the frame's own files: the folder, and plain name -> hashed name."""
    storage = PortalStaticFilesStorage(location=str(tmp_path), base_url="/static/")
    found = {name: (source, name) for name, source in FileSystemFinder().list([])}
    assert all(isinstance(source, FileSystemStorage) for source, _name in found.values())
    for name, (source, _name) in found.items():
        with source.open(name) as file:
            storage.save(name, file)
    for _name, _hashed, processed in storage.post_process(found):
        if isinstance(processed, Exception):
            raise processed
    return tmp_path, json.loads((tmp_path / "staticfiles.json").read_text())["paths"]


def test_a_page_waits_for_one_stylesheet(collected: tuple[Path, dict[str, str]]) -> None:
    folder, names = collected
    sheet = (folder / names[STYLESHEET]).read_text()
    assert re.fullmatch(r"portal/css/look\.[0-9a-f]{12}\.css", names[STYLESHEET])
    assert "@import" not in sheet
    assert ".masthead" in sheet
    assert "@media print" in sheet
    assert (folder / f"{names[STYLESHEET]}.gz").is_file()


def test_its_parts_are_not_published_twice(collected: tuple[Path, dict[str, str]]) -> None:
    _folder, names = collected
    assert not [name for name in names if name.startswith("portal/css/components/")]
    assert "portal/css/styleguide.css" in names
    assert "portal/img/icons.svg" in names


def test_the_first_load_stays_light(collected: tuple[Path, dict[str, str]]) -> None:
    folder, names = collected
    assert (folder / f"{names[STYLESHEET]}.gz").stat().st_size < 16_000


def test_every_component_is_part_of_the_stylesheet() -> None:
    imported = set(re.findall(r'url\("components/([^"]+)"\)', (SOURCES / "look.css").read_text()))
    assert imported == {file.name for file in (SOURCES / "components").glob("*.css")}


def test_colours_are_written_in_one_place() -> None:
    raw = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(|\boklch\(")
    found = {
        file.name: raw.findall(file.read_text())
        for file in SOURCES.rglob("*.css")
        if file.name != "tokens.css" and raw.search(file.read_text())
    }
    assert found == {}


def test_tests_serve_plain_names() -> None:
    assert staticfiles_storage.url(STYLESHEET) == "/static/portal/css/look.css"
