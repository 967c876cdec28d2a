"""An answer puts no text over what somebody types while it is on its way: a field that has its value is left alone."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import TextInput

from tests.pages.paper.paper_app import opened as section
from tests.pages.test_train import opened, press

# fixtures of that file
from tests.pages.test_train import store as store


def written(app: AppTest) -> dict[str, bool]:
    """Return of each text field whether the last answer puts its text there."""
    fields: list[TextInput] = list(app.text_input)
    return {field.label: field.proto.set_value for field in fields}


def test_only_the_first_answer_fills_the_fields_of_the_training_form(store: object) -> None:
    app = opened()
    assert any(written(app).values())
    press(app, "Add an optimizer")
    first = written(app)
    app.run()
    assert written(app).keys() == first.keys()
    assert not any(written(app).values())


def test_the_papers_typed_sequence_is_filled_once() -> None:
    app = section(4, sequence="typed")
    assert app.text_input(key="s4.typed").proto.set_value
    app.run()
    assert not app.text_input(key="s4.typed").proto.set_value
