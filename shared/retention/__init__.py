"""How long what is filed is kept: durations by class, holds, deletion at term and its certificates.

laws → terms → listing (what fell due) → purging (confirmed by staff) → certifying. A hold stops it at any moment.
"""
