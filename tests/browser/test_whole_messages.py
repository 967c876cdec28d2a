"""Every message is sent whole, whatever the browser says it keeps: by the time it comes, that may be gone."""

from __future__ import annotations

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol


def answers(line: ClientConnection, kept: list[str], page: str) -> list[ForwardMsg]:
    """Ask for a run of a page as a browser does that keeps such messages; return all that comes until it is over."""
    asked = BackMsg()
    asked.rerun_script.page_name = page
    asked.rerun_script.cached_message_hashes.extend(kept)
    line.send(asked.SerializeToString())
    messages: list[ForwardMsg] = []
    while not messages or messages[-1].WhichOneof("type") != "script_finished":
        data = line.recv(timeout=60)
        assert isinstance(data, bytes)
        messages.append(ForwardMsg.FromString(data))
    return messages


def test_no_message_is_a_reference_to_an_earlier_one(app_url: str) -> None:
    address = app_url.replace("http", "ws") + "/_stcore/stream"
    with connect(address, origin=Origin(app_url), subprotocols=[Subprotocol("streamlit")], max_size=None) as line:
        first = answers(line, [], "paper")
        large = [message.hash for message in first if message.ByteSize() > 10_000]
        again = answers(line, large, "paper")
    assert not [message.ref_hash for message in again if message.ref_hash]
    assert set(large) & {message.hash for message in again}, "some are the same, and are sent again"
