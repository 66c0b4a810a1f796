"""What the sender wrote himself, told apart from his signature and from what he quoted.

One judgement for both forms of a mail: plain text and HTML are cut into lines, every line is given to exactly
one part, and the parts are put together again. So nothing can be lost, only folded; when in doubt, a line is the
sender's own.
"""
