"""The design system that console, portal and settings share."""
