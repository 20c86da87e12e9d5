"""Business records: quotes, invoices, orders, interventions, expense reports, internal exchanges, payments."""
