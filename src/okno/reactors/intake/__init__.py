"""What becomes of a raw mail: `pipeline` takes a row of the raw ledger to exactly one visible outcome."""
