"""Coming in: a link by mail, good once and in the browser that asked, and the session that it opens."""
