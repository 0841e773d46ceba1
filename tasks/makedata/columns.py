"""The tables that are filled, and of each the columns that are written."""

# In the order in which the tables depend on one another.
COLUMNS = {
    "agent_sessions_session": (
        "id", "project_id", "end_user_id", "title", "disable_task_tracking", "configs", "created_at", "updated_at",
        "head_seq", "last_message_id", "previous_message_id", "last_message_at", "cursor_seq", "pending_since",
        "pending_tokens", "turn_ended", "flush_seq", "attempts", "retry_at", "extraction_error", "generation",
        "step_seconds", "lease_to_seq", "active_at",
    ),
    "agent_sessions_message": (
        "id", "session_id", "seq", "parent_id", "role", "format", "parts", "facts", "meta", "extraction",
        "extraction_error", "created_at", "updated_at",
    ),
    "tasks_extractionrun": (
        "id", "project_id", "session_id", "from_seq", "to_seq", "trigger", "extractor", "prompt_version", "model",
        "mode", "status", "generation", "calls", "input_tokens", "cached_tokens", "output_tokens", "cost_usd",
        "latency_ms", "accepted", "rejected", "attempts", "error", "waiting_since", "started_at", "finished_at",
    ),
    "tasks_task": (
        "id", "project_id", "session_id", "order", "description", "status", "basis", "reason", "evidence",
        "situation", "risk", "risk_evidence", "extractor", "created_at", "updated_at", "end_user_id",
    ),
    "tasks_taskmessage": ("task_id", "message_id", "role"),
    "tasks_progress": ("task_id", "text", "evidence", "run_id", "created_at"),
    "tasks_preference": (
        "project_id", "end_user_id", "session_id", "task_id", "statement", "status", "evidence", "run_id", "created_at",
    ),
    "tasks_taskchange": (
        "task_id", "kind", "before", "after", "reason", "basis", "evidence", "run_id", "is_correction", "created_at",
    ),
}  # fmt: skip
