"""Searching the published articles: what was asked, what it means, what answers it."""
