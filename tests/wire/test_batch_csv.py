"""CSV tasks: what spreadsheets write is read, what cannot be right is told with its line."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uponai.domain.errors import InvalidField
from uponai.wire.batch_csv import batch_settings, read_tasks

CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)


def read(text: str) -> list[tuple[int, dict[str, Any]]]:
    return list(read_tasks(io.StringIO(text, newline="")))


def test_columns_and_dynamic_variables() -> None:
    text = (
        "Phone Number;override agent id;Override_Agent_Version;metadata;ignore e164 validation;"
        "First Name\r\n"
        '+14155550142;agent_1;3;"{""order"": 8}";TRUE;Ann\r\n'
        "\r\n"
        '+14155550143;;latest;;;"Bo ""B"""\r\n'
    )
    assert read(text) == [
        (
            2,
            {
                "to_number": "+14155550142",
                "override_agent_id": "agent_1",
                "override_agent_version": 3,
                "metadata": {"order": 8},
                "ignore_e164_validation": True,
                "retell_llm_dynamic_variables": {"First Name": "Ann"},
            },
        ),
        (
            4,
            {
                "to_number": "+14155550143",
                "override_agent_version": "latest",
                "retell_llm_dynamic_variables": {"First Name": 'Bo "B"'},
            },
        ),
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "lines/1 must name one column phone number"),
        ("name\nx\n", "lines/1 must name one column phone number"),
        ("to number,phone number\n1,2\n", "lines/1 must name one column"),
        ("phone number,a,a\n", "lines/1 must NOT name the column a twice"),
        ("phone number\n+1,2\n", "lines/2 must NOT have more cells (2) than the header (1)"),
        ("phone number,metadata\n+1,x\n", "lines/2/metadata must be JSON"),
        ("phone number,metadata\n+1,3\n", "lines/2/metadata must be object"),
        ("phone number,x\n,y\n", "lines/2 must have required property 'to_number'"),
        ("phone number,ignore e164 validation\n+1,maybe\n", "must be true or false"),
        ('phone number,a\n+1,"x\n', "lines/2 must be CSV"),
        ('phone number,custom sip headers\n+1,"{""A"":""b""}"\n', "names that start with X-"),
    ],
)
def test_what_cannot_be_right_is_told_with_its_line(text: str, told: str) -> None:
    with pytest.raises(InvalidField) as error:
        read(text)
    assert told in error.value.message


def test_what_spreadsheets_put_around_it() -> None:
    quoted = 'phone number;"Street, town, country";"two\nlines"\n+1;a;"b\nc"\n+2;;\n'
    assert [(line, task["to_number"]) for line, task in read(quoted)] == [(3, "+1"), (5, "+2")]
    assert read(quoted)[0][1]["retell_llm_dynamic_variables"]["Street, town, country"] == "a"
    assert read("phone number,a\n+1,b,,\n")[0][0] == 2


def test_the_line_is_that_of_the_file_not_the_record() -> None:
    for wrong in ("+1,x,y", '+1,"x"y'):
        with pytest.raises(InvalidField) as error:
            read(f'phone number,a\n+1,"two\nlines"\n{wrong}\n')
        assert error.value.path == "lines/4"


@pytest.mark.parametrize(
    "cell", ['{"a": NaN}', "[" * 50_000, '{"a": 1e999}', '{"a": "\\u0000"}', "9" * 5_000]
)
def test_json_that_could_not_be_shown_again_is_refused(cell: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["phone number", "metadata"], ["+1", cell]])
    with pytest.raises(InvalidField, match="lines/2/metadata must be JSON"):
        read(out.getvalue())
    with pytest.raises(InvalidField, match="redial_policy must be JSON"):
        batch_settings({"from_number": "+1", "redial_policy": cell})


def test_other_encodings_are_told() -> None:
    raw = io.TextIOWrapper(io.BytesIO("phone number,n\n+1,Bj\xf6rn\n".encode("latin-1")), "utf-8")
    with pytest.raises(InvalidField, match="must be UTF-8"):
        list(read_tasks(raw))


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=20))
def test_whatever_a_cell_holds_comes_through(rows: list[list[str]]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["phone number", "a", "b"], *(["+14155550142", *r] for r in rows)])
    given_rows = [
        {name: cell.strip() for name, cell in zip("ab", row, strict=True) if cell.strip()}
        for row in rows
    ]
    found = [task.get("retell_llm_dynamic_variables", {}) for _, task in read(out.getvalue())]
    assert found == given_rows


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read(text)
    except InvalidField:
        pass


def test_settings_come_as_texts() -> None:
    policy = '{"max_attempts": 3, "wait_ms": 60000, "reasons": ["dial_busy"]}'
    fields = {"from_number": "+1", "trigger_timestamp": "5", "redial_policy": policy}
    made = batch_settings(fields)
    assert (made["trigger_timestamp"], made["redial_policy"]["max_attempts"]) == (5, 3)
    with pytest.raises(InvalidField, match="redial_policy must be JSON"):
        batch_settings({"from_number": "+1", "redial_policy": "{"})
    with pytest.raises(InvalidField, match="trigger_timestmp must be a setting"):
        batch_settings({"from_number": "+1", "trigger_timestmp": "5"})
    with pytest.raises(InvalidField, match="redial_policy/reasons/0"):
        batch_settings(
            {"from_number": "+1", "redial_policy": '{"max_attempts":2,"reasons":["user_declined"]}'}
        )
