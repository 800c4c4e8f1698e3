"""What a time daemon says that follows no other clock, and hands out this machine's own as the right one."""

from agent.core.errors import Unreadable
from agent.core.reason import Reason


class FollowsNothing(Unreadable):
    """Raised where a time daemon follows its own machine's clock: nothing shows how far that one is off.

    It tells an offset of zero, and so does the kernel, whose account such a daemon keeps.
    """

    reason = Reason.CLOCK_DOUBTFUL
