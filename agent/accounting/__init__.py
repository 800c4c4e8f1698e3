"""The convention's accounting, pure: days, rates, quarters, acceptances, adaptations, exclusions."""
