"""What the one-command start tells its user when it cannot go on."""


class DemoError(Exception):
    """The start cannot go on; the message says why and what to do."""

    exit_status = 1


class UsageError(DemoError):
    """The start was asked for something that cannot be; nothing has been started."""

    exit_status = 2
