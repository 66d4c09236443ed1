"""Kezek: a laboratory for reforms of public service delivery."""
