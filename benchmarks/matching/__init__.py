"""Matching at national scale: the exact engine beside what one would pick instead."""
