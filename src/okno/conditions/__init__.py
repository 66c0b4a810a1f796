"""One language for conditions: a registry of fields, a tree, and what it compiles to.

Filters, views, typed search words, the API's filters and visibility all speak it. A tree becomes SQL (`sql`)
or a predicate over a snapshot (`predicate`), and both read the same `match`, so they cannot come to differ in
meaning.

Null has one meaning everywhere: a field without a value *has no values*. No test on it holds, except the list
test that names `None`; and `Not` of a test that does not hold, holds. So "status is not closed" includes rows
without one.
"""
