"""One member opening very many files in an hour is told to those who watch (T33); nothing is refused."""

from __future__ import annotations

import structlog
from redis.exceptions import RedisError

from hub.core.actor import Actor
from hub.core.models import record_access
from hub.core.rest.throttles import HOUR, count

MANY = 100
log = structlog.get_logger(__name__)


def watch_openings(actor: Actor) -> None:
    """Count a file opened by machine; at the 101st of the hour, the journal and the logs say so, once."""
    try:
        opened = count("files-opened", actor.membership_id, HOUR, actor.now.timestamp())
    except RedisError:
        return
    if opened == MANY + 1:
        record_access("many_files_opened", detail=f"api: {opened}")
        log.warning("many_files_opened", membership=str(actor.membership_id))
