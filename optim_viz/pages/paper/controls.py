"""A section's controls: Streamlit widgets whose values are kept in the page's link.

Each control has a key, "s4.length": the section's prefix and the control's name. It is the widget's key in
`st.session_state` and the parameter in the URL. A value equal to the default is left out of the URL; a value in the URL
that cannot be used gives a warning beside the control, and the default.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import streamlit as st

from optim_viz.pages import say
from optim_viz.pages.paper.reading import N, among, within

T = TypeVar("T")

_MAX_SHOWN = 40
MAX_TEXT = 8000
"""Longest typed text, in characters."""


class Controls:
    """The controls of one section, in the order in which they are created.

    Attributes:
        prefix: of the section's keys, e.g. "s4".
        values: the value of each control so far, by its name.
        offered: the stops of each control that has them (all but text fields), in their order on the page.
    """

    def __init__(self, prefix: str) -> None:
        """Start the controls of the section with this prefix."""
        self.prefix = prefix
        self.values: dict[str, Any] = {}
        self.offered: dict[str, tuple[Any, ...]] = {}

    def slider(self, name: str, label: str, *, low: N, high: N, default: N, step: N, help: str | None = None) -> N:
        """Offer a number from `low` to `high`; all four are ints, or all are floats."""
        key = self._open(name, label, default, within(low, high))
        value = st.slider(label, low, high, step=step, key=key, help=help, on_change=self._moved, args=(key,))
        count = round((high - low) / step) + 1
        self.offered[name] = tuple(type(default)(round(low + at * step, 10)) for at in range(count))
        return self._close(key, value, default, repr)

    def stops(
        self,
        name: str,
        label: str,
        *,
        stops: Sequence[float],
        default: float,
        shown: Callable[[float], str] = str,
        help: str | None = None,
    ) -> float:
        """Offer a slider over given stops, e.g. those of a logarithmic scale; the default is one of them."""
        key = self._open(name, label, default, among(stops))
        value = st.select_slider(
            label, stops, key=key, format_func=shown, help=help, on_change=self._moved, args=(key,)
        )
        self.offered[name] = tuple(stops)
        return self._close(key, value, default, repr)

    def choice(
        self,
        name: str,
        label: str,
        *,
        options: Mapping[str, str],
        default: str,
        help: str | None = None,
    ) -> str:
        """Offer one of several options, name in the URL -> words on the page; all are in sight, none can be empty."""

        def read(text: str) -> str:
            if text not in options:
                raise ValueError(f"must be one of {', '.join(options)}")
            return text

        key = self._open(name, label, default, read)
        value = st.radio(
            label,
            tuple(options),
            key=key,
            format_func=lambda option: options[option],
            horizontal=True,
            help=help,
            on_change=self._moved,
            args=(key,),
        )
        self.offered[name] = tuple(options)
        return self._close(key, value or default, default, str)

    def toggle(self, name: str, label: str, *, default: bool, help: str | None = None) -> bool:
        """Offer a switch, "on" or "off" in the URL."""

        def read(text: str) -> bool:
            if text not in ("on", "off"):
                raise ValueError('must be "on" or "off"')
            return text == "on"

        key = self._open(name, label, default, read)
        value = st.toggle(label, key=key, help=help, on_change=self._moved, args=(key,))
        self.offered[name] = (False, True)
        return self._close(key, value, default, lambda on: "on" if on else "off")

    def text(
        self,
        name: str,
        label: str,
        *,
        default: str,
        read: Callable[[str], T],
        help: str | None = None,
    ) -> T:
        """Offer a line of text and return what `read` makes of it.

        Args:
            name: last part of the key.
            label: words above the field.
            default: a text that `read` accepts.
            read: parses the text; raises ValueError with a message for a person. The message appears under the field,
                the text stays as it was typed, and the default's value is returned.
            help: shown on asking.
        """
        key = self._open(name, label, default, str)
        if len(whole := str(st.session_state[key])) > MAX_TEXT:  # each write puts its text over what is typed meanwhile
            st.session_state[key] = whole[:MAX_TEXT]
        text = st.text_input(label, key=key, help=help, max_chars=MAX_TEXT)
        self._close(key, text, default, str)
        try:
            value = read(text)
        except ValueError as problem:
            say.error(f"{problem} Shown instead: {default}")
            value = read(default)
        self.values[name] = value
        return value

    @contextmanager
    def only_for(self, name: str, *options: str) -> Generator[None]:
        """Show the controls created inside only while a choice has one of these values.

        They are on the page all the same and keep their values: a CSS rule hides them, so it needs no answer.
        """
        hiding = [f'[value="{index}"]' for index, each in enumerate(self.offered[name]) if each not in options]
        key = f"only-{self.prefix}-{name}-{'-'.join(options)}"
        chosen = f".st-key-{self.prefix}-{name} input:is({','.join(hiding)}):checked"
        # The box that Streamlit lays around it as well: an empty one would still have its gap.
        hidden = f":is(.st-key-{key}, [data-testid=stLayoutWrapper]:has(> .st-key-{key}))"
        st.html(f"<style>.stMain:has({chosen}) {hidden} {{ display: none; }}</style>")
        with st.container(key=key):
            yield

    def _open(self, name: str, label: str, default: T, read: Callable[[str], T]) -> str:
        """Give a widget its first value, from the URL or the default; warn where the URL's cannot be used."""
        key = f"{self.prefix}.{name}"
        problem = _problem_key(key)
        if key not in st.session_state:
            st.session_state[key] = default
            given = st.query_params.get(key)
            if given is not None:
                try:
                    st.session_state[key] = read(given)
                except (ValueError, OverflowError) as error:
                    st.session_state[problem] = _complaint(label, given, default, error)
        if problem in st.session_state:
            say.warning(st.session_state[problem])
        return key

    def _close(self, key: str, value: T, default: T, write: Callable[[T], str]) -> T:
        """Write a widget's value to the URL, but for one that is there already or that replaces an unusable one."""
        self.values[key.removeprefix(f"{self.prefix}.")] = value
        if _problem_key(key) in st.session_state:
            return value
        text = None if value == default else write(value)
        if st.query_params.get(key) != text:
            if text is None:
                del st.query_params[key]
            else:
                st.query_params[key] = text
        return value

    @staticmethod
    def _moved(key: str) -> None:
        """Forget what was wrong with the URL once the control has been moved."""
        st.session_state.pop(_problem_key(key), None)


def _problem_key(key: str) -> str:
    return f"{key}!problem"


def _complaint(label: str, given: str, default: object, error: Exception) -> str:
    """Return a message: the link's value, why it cannot be used, and what is shown instead."""
    reason = str(error) if str(error).startswith("must") else "cannot be read"
    shown = given if len(given) <= _MAX_SHOWN else f"{given[:_MAX_SHOWN]}…"
    return f"{label}: “{shown}” in the link {reason}; shown with {default}."
