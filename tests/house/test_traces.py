"""Every deed leaves an event: what commits also records, unless it is named here with its reason."""

import ast
from collections.abc import Iterator
from pathlib import Path

ACTIONS = Path(__file__).resolve().parents[2] / "crm" / "actions"
SILENT = {
    "tasks.start_task": "the work that it starts records what it does",
    "tasks.restart_task": "the same work once more",
    "tasks._outcome": "the work records what it does",
    "tasks._finish": "how a task ended stands in its own row",
    "imports.receive_upload": "read_upload records what was in the file",
    "mentions.see_mention": "a note that was read changes nothing for others",
    "users.hide_first_steps": "what somebody has on the own first page changes nothing for others",
    "news.mark_seen": "how far somebody has read changes nothing for others",
    "preferences.keep_preference": "how somebody likes a list to look changes nothing for others",
    "evaluations._evaluate_round": "judgements are rows of their own, never changed",
    "editions._try": "an edition is tried, nothing is kept but the numbers",
    "housekeeping.refresh_all_standings": "derived rows",
    "housekeeping.purge_expired": "what had its time goes, by the settings",
    "reminders.plan_reminders": "each reminder is a row with its own fate",
    "reminders.keep_watch": "the clock's sign of life",
    "reminders._free_untried": "as plan_reminders",
    "reminders._skip_what_fell_away": "as plan_reminders",
    "reminders._claim": "as plan_reminders",
    "reminders._note_failure": "as plan_reminders",
    "reminders._give_back": "as plan_reminders",
    "reminders._put_off": "as plan_reminders",
    "sessions._note_seen": "when somebody was last active",
    "database_moves._connected": "the event of a move is written into the database it moves to",
    "event_seals._seal_some": "a seal is over events and is none",
}


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    for file in sorted(ACTIONS.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                yield f"{file.stem}.{node.name}", node


def called(function: ast.FunctionDef) -> set[str]:
    calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    return {call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "") for call in calls}


def recorders() -> set[str]:
    """The names of all functions that record an event, themselves or through another."""
    known, calls = {"record_event", "note_events"}, {name: called(node) for name, node in functions()}
    while more := {name.partition(".")[2] for name, names in calls.items() if names & known} - known:
        known |= more
    return known


def test_whatever_commits_records_an_event_or_says_why_not():
    known = recorders()

    silent = {name for name, node in functions() if "commit" in called(node) and name.partition(".")[2] not in known}

    assert silent == set(SILENT)
