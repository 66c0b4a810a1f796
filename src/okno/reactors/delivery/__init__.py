"""Mail that leaves because of what happened on a ticket: replies, receipts, the question whether it is solved.

The mail's row is written in the transaction of what caused it; workers send it later.
"""
