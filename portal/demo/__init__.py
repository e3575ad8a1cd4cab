"""The demo: built by the same commands that the screens call. Every invented name carries 演示."""

PASSWORD = "demo-pass-2026"
