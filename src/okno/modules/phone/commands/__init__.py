"""What happens with calls, in the order of a call: begun, written down, finished."""
