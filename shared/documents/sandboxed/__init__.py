"""What runs only in the limited subprocess of `shared.documents.sandbox`: every parser of foreign files."""
