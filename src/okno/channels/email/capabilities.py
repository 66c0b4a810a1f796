"""What mail can carry."""

from okno.channels.base import Capabilities

EMAIL = Capabilities(
    rich_text=True,
    subject=True,
    recipients=True,
    files=True,
    inline_pictures=True,
    # Most servers refuse mail above 25 MB, and base64 makes files a third bigger.
    max_files_bytes=18 * 1024 * 1024,
    delivery_state=True,
)
